package dev.caisson.host;

import dev.caisson.host.history.History;
import dev.caisson.host.history.HistoryConfig;
import dev.caisson.host.history.Subject;
import dev.caisson.host.journal.EndedLog;
import dev.caisson.node.EndCause;
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
    private final LifeSteps steps;
    private final Creation creation;
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
                parts.clock(), config.watching().clockTick(), id -> registry.find(id).ifPresent(endings::expire));
        moves = new DeadlineMoves(deadlines, endings, lifeLog::moved);
        var watchdog = new Watchdog(timer, config.watching(), parts.clock(), endings::hung);
        steps = LifeSteps.of(parts, config, registry, endings, new GoLive(deadlines, watchdog, listeners));
        creation = new Creation(steps, runner, endings);
        recovery = new Recovery(parts, config.adoptionsAtOnce(), registry, runner, endings, steps);
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

    LifeSteps steps() {
        return steps;
    }

    Creation creation() {
        return creation;
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

    HostStatus status() {
        var starting = 0;
        var running = 0;
        var paused = 0;
        var ending = 0;
        for (var sandbox : registry.all()) {
            switch (sandbox.phase()) {
                case Phase.Starting _ -> starting++;
                case Phase.Running _, Phase.Snapshotting _, Phase.Pausing _ -> running++;
                case Phase.Paused _ -> paused++;
                case Phase.Resuming _ -> starting++;
                case Phase.Ending _ -> ending++;
            }
        }
        return new HostStatus(config.mostSandboxes(), starting, running, paused, ending, sweeper.stuck());
    }

    @Override
    public void close() {
        endings.close();
        deadlines.close();
        timer.shutdownNow();
        var until = System.nanoTime() + config.patience().close().toNanos();
        for (var sandbox : registry.all()) {
            switch (sandbox.phase()) {
                case Phase.Starting starting ->
                    await(endings.begin(sandbox, EndCause.FAILED, "the server stops").firstTry(), until);
                case Phase.Ending ending -> await(ending.firstTry(), until);
                case Phase.Running running -> running.agent().close();
                case Phase.Snapshotting snapshotting -> snapshotting.was().agent().close();
                case Phase.Pausing pausing -> await(pausing.over(), until);
                case Phase.Resuming resuming -> await(resuming.over(), until);
                case Phase.Paused _ -> {}
            }
        }
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
