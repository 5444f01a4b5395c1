package dev.caisson.host;

import dev.caisson.guest.HookMoment;
import dev.caisson.host.snapshot.SnapshotStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The steps of a sandbox's life, in order. A new step is one class and one line here.
 *
 * <p>To create one is to prepare it and to claim it: what is prepared is as good for one client as for another and can be done
 * ahead (a standby), what claims it makes it somebody's and is quick.
 *
 * @param admit the member of {@code prepare} that knows how much room there is
 * @param turn the member of {@code prepare} that is given back when a start is over
 * @param prepare from nothing to an agent that answers and was told nothing yet
 * @param claim from there to running
 * @param findAgain the first half of an adoption, before the slot pool opens
 * @param reconnect the second half
 * @param pause from running to saved, all or nothing; what it ran as is taken away by the undos of the steps that made it
 * @param saveAgain from restored to saved, where it does not come to run; all or nothing
 * @param restore from paused to running, processes and all
 * @param boot from paused to running, from its files
 * @param prepareCopy as {@code prepare}, for one that goes on from the memory of another: its agent believes to be in that one
 * @param claimCopy from there to running
 */
record LifeSteps(
        AdmitSandbox admit,
        AwaitTurn turn,
        List<Step> prepare,
        List<Step> claim,
        List<Step> findAgain,
        List<Step> reconnect,
        List<Step> pause,
        List<Step> saveAgain,
        List<Step> restore,
        List<Step> boot,
        List<Step> prepareCopy,
        List<Step> claimCopy) {

    /**
     * @param goLive ends a start
     * @param goLiveAgain ends a resume
     * @param admitRun begins one
     */
    static LifeSteps of(
            HostParts parts, HostConfig config, AdmitSandbox admit, AdmitRun admitRun, AwaitTurn turn, Endings endings, GoLive goLive,
            GoLive goLiveAgain, SnapshotStore store) {
        var patience = config.patience();
        var saves = config.saves();
        var description = new SandboxDescription(parts.engine().info(), parts.clock());
        var connect = new ConnectAgent(parts.agents(), parts.keys(), patience.link());
        // An agent that runs answers within milliseconds; one that is silent costs the next server this long.
        var ask = new ConnectAgent(parts.agents(), parts.keys(), patience.link().dividedBy(3));
        var claimSlot = new ClaimSlot(parts.slots(), patience.slot());
        var spec = new GuestSpec(parts.layers(), parts.frozen(), config.processesPerSandbox());
        var start = new StartEngine(parts.engine(), spec, parts.keys(), endings::watchEngine);
        var introduce = new Introduce(parts.keys(), parts.clock());
        var resumeBegins = List.of(admitRun, new Again(turn), new Again(claimSlot), new RenewDisk(parts.disks()),
                new WriteResuming(parts.bootId()));
        var resumeEnds = List.of(new WriteRunning(parts.clock()), new Again(goLiveAgain));
        var save = List.of(new StandStill(), new SaveMemory(), new FlushDisk(), new WritePaused());
        var outcome = new WriteOutcome(parts.clock());
        var place = List.of(
                new MindLayers(store),
                admit,
                turn,
                new MakeFolder(),
                new MakeDisk(parts.disks()),
                claimSlot,
                new WriteIntent(description, parts.agentLayer(), parts.bootId()));
        return new LifeSteps(
                admit,
                turn,
                chain(place, List.of(start, connect)),
                List.of(new WriteOwner(description), introduce, outcome, goLive),
                List.of(new FindEngine(parts.engine(), endings::watchEngine), new AdoptSlot()),
                List.of(new GoOn(ask), connect, goLive),
                chain(
                        List.of(
                                new AskAgent(saves.agent()),
                                // Before the guest is told to be ready for it: that is not to wait for others.
                                new AwaitSaving(config.startsAtOnce(), patience.turn()),
                                new CheckRoom(new DiskRoom(parts.installation().data()), saves.spareBytes()),
                                new RunHooks(HookMoment.BEFORE_SNAPSHOT, saves.hooks())),
                        save),
                save,
                chain(
                        resumeBegins,
                        List.of(
                                new RestoreEngine(parts.engine(), spec, endings::watchEngine),
                                new ReconnectAgent(parts.agents(), parts.keys(), patience.link()),
                                new Awake(parts.keys(), parts.clock()),
                                new RunHooks(HookMoment.AFTER_RESTORE, saves.hooks())),
                        resumeEnds),
                chain(
                        resumeBegins,
                        List.of(new BootEngine(start, parts.engine()), new Again(connect), new Again(introduce)),
                        resumeEnds),
                chain(
                        place,
                        List.of(
                                new RestoreCopy(parts.engine(), spec, endings::watchEngine),
                                new ConnectCopy(parts.agents(), parts.keys(), patience.link()))),
                List.of(
                        new AwakeCopy(parts.keys(), parts.clock()),
                        new RunHooks(HookMoment.AFTER_RESTORE, saves.hooks()),
                        new RunHooks(HookMoment.AFTER_FORK, saves.hooks()),
                        outcome,
                        goLive));
    }

    @SafeVarargs
    private static List<Step> chain(List<? extends Step>... parts) {
        return Stream.of(parts).<Step>flatMap(List::stream).toList();
    }

    /** From nothing to running. */
    List<Step> creation() {
        return Stream.concat(prepare.stream(), claim.stream()).toList();
    }

    /**
     * Every name that a {@link StepObserver} may see, in the order of a life.
     *
     * @param standbys whether some wait between being prepared and being claimed
     */
    List<String> names(boolean standbys) {
        var names = new ArrayList<String>();
        prepare.forEach(step -> names.add(step.name()));
        if (standbys) {
            names.add(Standby.WAIT);
        }
        claim.forEach(step -> names.add(step.name()));
        names.addAll(Endings.STEP_NAMES);
        undos(names, creation());
        Stream.of(findAgain, reconnect, restore, boot).forEach(steps -> steps.forEach(step -> add(names, step)));
        pause.forEach(step -> add(names, step));
        names.addAll(Pauses.STEP_NAMES);
        names.addAll(Rests.STEP_NAMES);
        names.addAll(Resumes.STEP_NAMES);
        return names.stream().distinct().toList();
    }

    /** The same of a sandbox that is saved and goes on, and of one that goes on from there. */
    List<String> namesOfCopies() {
        var names = new ArrayList<>(LiveSaves.STEP_NAMES);
        Stream.of(prepareCopy, claimCopy).forEach(steps -> steps.forEach(step -> add(names, step)));
        Rollbacks.STEPS.forEach(step -> add(names, step));
        names.removeAll(names(false));
        return List.copyOf(names);
    }

    private static void undos(List<String> names, List<Step> steps) {
        steps.reversed().forEach(step -> names.add(StepRunner.undoOf(step)));
    }

    private static void add(List<String> names, Step step) {
        names.add(step.name());
        names.add(StepRunner.undoOf(step));
    }
}
