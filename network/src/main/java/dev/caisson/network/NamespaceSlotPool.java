package dev.caisson.network;

import dev.caisson.base.Category;
import dev.caisson.base.Installation;
import dev.caisson.network.SlotLedger.Tenancy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Slots as network namespaces of this machine, each behind a veth pair. What exists is read from the machine, never from
 * a file, so that a crash at any point leaves nothing that the next {@link #open} or {@link #dismantle} does not find.
 * Needs root and the programs {@code ip}, {@code nsenter} and {@code nft}. Safe for use by many threads.
 */
public final class NamespaceSlotPool implements SlotPool {
    private static final Duration LONGEST_STEP = Duration.ofSeconds(60);

    private final SlotPlan plan;
    private final SlotSettings settings;
    private final SlotLedger ledger;
    private final SlotNamespaces namespaces;
    private final HostNetwork host;
    private final SlotKeeper keeper;
    private final ThreadFactory threads;
    private final Set<Integer> adopted = new TreeSet<>();
    private boolean prepared;
    private @Nullable Thread keeperThread;
    private volatile boolean open;

    public NamespaceSlotPool(Installation installation, SlotSettings settings) {
        this(SlotPlan.of(installation), settings, SurroundingsReader.usualResolverFiles(), Thread.ofPlatform().daemon().name("slots").factory());
    }

    NamespaceSlotPool(SlotPlan plan, SlotSettings settings, List<Path> resolverFiles, ThreadFactory threads) {
        this.plan = plan;
        this.settings = settings;
        this.threads = threads;
        var reader = new SurroundingsReader(plan, resolverFiles);
        ledger = new SlotLedger(settings.most());
        namespaces = new SlotNamespaces(plan, reader.mtu());
        host = new HostNetwork(plan, settings, reader);
        keeper = new SlotKeeper(settings, ledger, new SlotWorkshop(ledger, namespaces, host), host);
    }

    @Override
    public Slot claim(Duration patience) {
        if (!open) {
            throw new NetworkException(Category.UNAVAILABLE, "no slot can be claimed: the pool is not open");
        }
        var tenancy = ledger.claim().or(() -> awaitReady(patience)).orElseThrow(() -> exhausted(patience));
        keeper.wake();
        return plan.slot(tenancy.slot(), tenancy.number());
    }

    private Optional<Tenancy> awaitReady(Duration patience) {
        if (ledger.isUsedUp()) {
            throw new NetworkException(Category.EXHAUSTED, "all " + settings.most() + " network slots are in use; end a sandbox first");
        }
        keeper.wake();
        try {
            return ledger.claim(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetworkException(Category.UNAVAILABLE, "interrupted while waiting for a network slot", e);
        }
    }

    private NetworkException exhausted(Duration patience) {
        var cause = keeper.failure().map(failure -> "; the last attempt failed: " + failure).orElse("");
        return new NetworkException(Category.EXHAUSTED, "no network slot became ready within " + patience.toMillis() + " ms" + cause);
    }

    @Override
    public void release(Slot slot) {
        if (ledger.release(new Tenancy(slot.number(), slot.tenancy()))) {
            keeper.wake();
        }
    }

    @Override
    public synchronized Map<Integer, Slot> adopt(Set<Integer> numbers) {
        if (keeperThread != null) {
            throw new IllegalStateException("slots are adopted before the pool opens");
        }
        prepare();
        var found = namespaces.find();
        var existing = new TreeSet<>(numbers);
        existing.retainAll(found.namespaces());
        existing.retainAll(found.devices());
        namespaces.connect(existing);
        adopted.addAll(existing);
        return existing.stream().collect(Collectors.toMap(number -> number, number -> plan.slot(number, ledger.adopt(number).number())));
    }

    @Override
    public synchronized Set<Integer> open() {
        if (keeperThread != null) {
            throw new IllegalStateException("the pool is open already");
        }
        prepare();
        var found = namespaces.find();
        var whole = new TreeSet<>(found.namespaces());
        whole.retainAll(found.devices());
        whole.removeAll(adopted);
        var halves = new TreeSet<>(found.namespaces());
        halves.addAll(found.devices());
        halves.removeAll(whole);
        halves.removeAll(adopted);
        ledger.addReleased(whole);
        ledger.addBroken(halves);
        keeperThread = threads.newThread(keeper);
        keeperThread.start();
        open = true;
        var leftOver = new TreeSet<>(whole);
        leftOver.addAll(halves);
        return leftOver;
    }

    /** Tables, address, route and settings, for the slots that are on the machine now. */
    private void prepare() {
        if (!prepared) {
            host.set(namespaces.find().devices());
            prepared = true;
        }
    }

    @Override
    public synchronized void close() {
        open = false;
        var thread = keeperThread;
        keeper.stop();
        if (thread == null) {
            return;
        }
        try {
            if (!thread.join(LONGEST_STEP)) {
                throw new NetworkException(Category.TIMEOUT, "the thread that prepares network slots did not stop within " + LONGEST_STEP.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetworkException(Category.UNAVAILABLE, "interrupted while the network slots were being closed", e);
        }
    }

    @Override
    public synchronized void dismantle() {
        close();
        var found = namespaces.find();
        var all = new TreeSet<>(found.namespaces());
        all.addAll(found.devices());
        namespaces.remove(all);
        host.remove();
        prepared = false;
    }
}
