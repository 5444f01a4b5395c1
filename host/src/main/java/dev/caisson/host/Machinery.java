package dev.caisson.host;

import dev.caisson.host.history.History;
import dev.caisson.host.history.HistoryConfig;
import dev.caisson.host.history.Subject;
import dev.caisson.host.journal.EndedLog;
import dev.caisson.host.standby.Standbys;
import dev.caisson.node.Checkpoints;
import dev.caisson.node.EndCause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The objects of one host, put together by hand. */
final class Machinery implements AutoCloseable {
    private final HostConfig config;
    private final Registry registry = new Registry();
    private final Listeners listeners = new Listeners();
    private final History history;
    private final ScheduledThreadPoolExecutor timer;
    private final EndedLog log;
    private final Sweeper sweeper;
    private final Endings endings;
    private final Deadlines deadlines;
    private final DeadlineMoves moves;
    private final Rests rests;
    private final Pauses pauses;
    private final Resumes resumes;
    private final TimeUp timeUp;
    private final LifeSteps steps;
    private final Turns turns;
    private final Standbys<Standby> standbys;
    private final StandbyRoom standbyRoom;
    private final Creation creation;
    private final SavedStates saved;
    private final Forks forks;
    private final Checkpoints checkpoints;
    private final Recovery recovery;

    Machinery(HostParts parts, HostConfig config) {
        this.config = config;
        history = new History(
                parts.installation().data().resolve("history"), HistoryConfig.defaults(), parts.clock(), this::subjects);
        var lifeLog = new LifeLog(history);
        listeners.add(lifeLog);
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("caisson-host-timer").factory());
        var runner = new StepRunner(parts.observer());
        log = new EndedLog(parts.installation().data().resolve("ended.jsonl"), config.endsKept());
        sweeper = new Sweeper(runner, timer, config.patience());
        endings = new Endings(runner, sweeper, log, listeners, parts.clock());
        deadlines = new Deadlines(
                parts.clock(), config.watching().clockTick(), id -> registry.find(id).ifPresent(this::timeIsUp));
        var watchdog = new Watchdog(timer, config.watching(), parts.clock(), endings::hung);
        turns = new Turns(config.startsAtOnce(), config.admission(), MachineLoad.ofThisMachine(), this::giveWay);
        var room = new DiskRoom(parts.installation().data());
        var admit = new AdmitSandbox(registry, config.mostSandboxes(), room, config.leastDiskBytes(), this::makeRoom);
        var admitRun = new AdmitRun(registry, config.mostSandboxes(), room, config.leastDiskBytes(), this::makeRoom);
        var turn = new AwaitTurn(turns, config.admission(), config.patience().turn());
        saved = new SavedStates(parts, config, registry, runner, endings, lifeLog);
        steps = LifeSteps.of(
                parts, config, admit, admitRun, turn, endings, new GoLive(deadlines, watchdog, listeners::running),
                new GoLive(deadlines, watchdog, listeners::resumed), saved.store());
        rests = new Rests(runner, sweeper, registry, endings, steps.saveAgain());
        var transitions = new Transitions(config.saves().transition());
        pauses = new Pauses(
                runner, steps.pause(), rests, endings, listeners, deadlines, transitions, lifeLog, parts.clock());
        resumes = new Resumes(runner, steps, rests, endings, transitions);
        timeUp = new TimeUp(pauses, endings, parts.clock(), config);
        moves = new DeadlineMoves(deadlines, timeUp, lifeLog::moved);
        var sandboxes = parts.installation().sandboxes();
        var kinds = new Kinds(parts, config.processesPerSandbox());
        var assembler = new Assembler(runner, endings, turn);
        var making = new StandbyMaking(config.standbys(), config.admission(), sandboxes, kinds, steps, turns, assembler, endings);
        standbys = new Standbys<>(config.standbys(), parts.clock(), making);
        standbyRoom = new StandbyRoom(registry, standbys, endings, config.patience().kill());
        creation = new Creation(sandboxes, kinds, standbys, steps, assembler, endings);
        forks = new Forks(saved.saves(), creation, lifeLog);
        checkpoints = saved.checkpoints(new Rollbacks(
                runner, rests, pauses, resumes, endings, listeners, moves, transitions, parts.clock()));
        recovery = new Recovery(parts, config.adoptionsAtOnce(), registry, runner, endings, rests, steps);
    }

    Registry registry() {
        return registry;
    }

    Listeners listeners() {
        return listeners;
    }

    EndedLog log() {
        return log;
    }

    Endings endings() {
        return endings;
    }

    DeadlineMoves moves() {
        return moves;
    }

    Rests rests() {
        return rests;
    }

    Pauses pauses() {
        return pauses;
    }

    Resumes resumes() {
        return resumes;
    }

    /** The first may fire while this is being built. */
    private void timeIsUp(Sandbox sandbox) {
        timeUp.passed(sandbox);
    }

    LifeSteps steps() {
        return steps;
    }

    Standbys<Standby> standbys() {
        return standbys;
    }

    Creation creation() {
        return creation;
    }

    SavedStates saved() {
        return saved;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    Forks forks() {
        return forks;
    }

    Recovery recovery() {
        return recovery;
    }

    History history() {
        return history;
    }

    private List<Subject> subjects() {
        return registry.all().stream()
                .flatMap(sandbox -> sandbox.running().stream().map(running -> new Subject(
                        running.info(), running.engine()::usage, () -> sandbox.running().isPresent())))
                .toList();
    }

    /** For steps that are there before standbys can be made. */
    private void giveWay() {
        standbyRoom.begin();
    }

    private boolean makeRoom() {
        return standbyRoom.free();
    }

    HostStatus status() {
        var starting = 0;
        var running = 0;
        var paused = 0;
        var ending = 0;
        for (var sandbox : registry.all()) {
            switch (sandbox.phase()) {
                case Phase.Starting _ -> starting += sandbox.isStandby() ? 0 : 1;
                case Phase.Running _, Phase.Snapshotting _, Phase.Pausing _ -> running++;
                case Phase.Paused _ -> paused++;
                case Phase.Resuming _ -> starting++;
                case Phase.Ending _ -> ending++;
            }
        }
        return new HostStatus(config.mostSandboxes(), starting, running, paused, ending, sweeper.stuck(), standbys.status());
    }

    @Override
    public void close() {
        registry.close();
        standbys.close();
        endings.close();
        deadlines.close();
        timer.shutdownNow();
        var until = System.nanoTime() + config.patience().close().toNanos();
        var ends = new ArrayList<CompletableFuture<Void>>();
        for (var sandbox : registry.all()) {
            switch (sandbox.phase()) {
                case Phase.Starting _ -> ends.add(endings.begin(sandbox, EndCause.FAILED, "the server stops").firstTry());
                case Phase.Ending ending -> ends.add(ending.firstTry());
                case Phase.Running running -> running.agent().close();
                case Phase.Snapshotting snapshotting -> {
                    ends.add(snapshotting.over());
                    snapshotting.was().agent().close();
                }
                case Phase.Pausing pausing -> ends.add(pausing.over());
                case Phase.Resuming resuming -> ends.add(resuming.over());
                case Phase.Paused _ -> {}
            }
        }
        ends.forEach(end -> await(end, until));
        saved.close();
        history.close();
    }

    private static void await(CompletableFuture<Void> over, long until) {
        try {
            over.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // The next server finds its journal and goes on.
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException("such a future completes normally", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
