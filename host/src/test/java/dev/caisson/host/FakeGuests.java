package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.testing.FakeAgent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The agents inside a {@link FakeEngine}'s sandboxes: each knows its key and is reachable while its sandbox lives
 * and does not stand still.
 */
final class FakeGuests implements AgentConnector {
    private final FakeEngine engine;
    private final Map<String, List<FakeAgent>> links = new ConcurrentHashMap<>();
    private final Map<FakeEngine.Box, List<FakeAgent>> linksOfRuns = new ConcurrentHashMap<>();
    private volatile boolean silent;

    FakeGuests(FakeEngine engine) {
        this.engine = engine;
    }

    /** From now on no agent answers a new connection. */
    void silence() {
        silent = true;
    }

    void speak() {
        silent = false;
    }

    /** Every link that was opened to a sandbox, the newest last. */
    List<FakeAgent> links(String id) {
        return links.getOrDefault(id, List.of());
    }

    @Override
    public GuestAgent connect(InetSocketAddress address, byte[] key, Duration patience) {
        var box = boxAt(address);
        if (silent || box.isEmpty() || box.get().isPaused()) {
            throw new GuestException(Category.TIMEOUT, "nobody answered at " + address);
        }
        var known = linksOfRuns.computeIfAbsent(box.get(), same -> new CopyOnWriteArrayList<>());
        var hex = HexFormat.of().formatHex(key);
        if (!hex.equals(currentKey(box.get(), known))) {
            throw new GuestException(Category.DENIED, "the agent has another key");
        }
        var agent = new FakeAgent();
        box.get().keyNow(() -> currentKey(box.get(), known));
        known.add(agent);
        links.computeIfAbsent(box.get().id(), id -> new CopyOnWriteArrayList<>()).add(agent);
        return agent;
    }

    /** What an agent was told last, by whatever link. */
    private static String currentKey(FakeEngine.Box box, List<FakeAgent> links) {
        return links.stream()
                .flatMap(agent -> agent.linkKey().stream())
                .reduce((older, newer) -> newer)
                .map(HexFormat.of()::formatHex)
                .orElse(box.firstKey());
    }

    private Optional<FakeEngine.Box> boxAt(InetSocketAddress address) {
        var number = address.getAddress().getAddress()[3];
        return engine.remains().stream()
                .flatMap(id -> engine.box(id).stream())
                .filter(FakeEngine.Box::isAlive)
                .filter(box -> box.spec().namespace().equals(FakeSlots.namespace(number)))
                .findFirst();
    }
}
