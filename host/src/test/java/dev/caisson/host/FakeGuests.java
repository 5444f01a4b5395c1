package dev.caisson.host;

import dev.caisson.base.Category;
import dev.caisson.guest.GuestAgent;
import dev.caisson.guest.GuestException;
import dev.caisson.guest.Identity;
import dev.caisson.guest.testing.FakeAgent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The agents inside a {@link FakeEngine}'s sandboxes: each knows its key and is reachable while its sandbox lives. */
final class FakeGuests implements AgentConnector {
    private final FakeEngine engine;
    private final Map<String, List<FakeAgent>> links = new ConcurrentHashMap<>();
    private volatile boolean silent;

    FakeGuests(FakeEngine engine) {
        this.engine = engine;
    }

    /** From now on no agent answers a new connection. */
    void silence() {
        silent = true;
    }

    /** Every link that was opened to a sandbox, the newest last. */
    List<FakeAgent> links(String id) {
        return links.getOrDefault(id, List.of());
    }

    @Override
    public GuestAgent connect(InetSocketAddress address, byte[] key, Duration patience) {
        var box = boxAt(address);
        if (silent || box.isEmpty()) {
            throw new GuestException(Category.TIMEOUT, "nobody answered at " + address);
        }
        var known = links.computeIfAbsent(box.get().id(), id -> new CopyOnWriteArrayList<>());
        var hex = HexFormat.of().formatHex(key);
        if (!hex.equals(currentKey(box.get(), known))) {
            throw new GuestException(Category.UNAVAILABLE, "the agent does not know the key");
        }
        var agent = new FakeAgent();
        known.add(agent);
        return agent;
    }

    private static String currentKey(FakeEngine.Box box, List<FakeAgent> links) {
        return links.stream()
                .flatMap(agent -> agent.identity().stream())
                .reduce((older, newer) -> newer)
                .map(Identity::nextLinkKey)
                .map(HexFormat.of()::formatHex)
                .orElse(box.spec().environment().getOrDefault("CAISSON_LINK_KEY", ""));
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
