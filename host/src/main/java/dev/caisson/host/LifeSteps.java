package dev.caisson.host;

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
 */
record LifeSteps(
        AdmitSandbox admit,
        AwaitTurn turn,
        List<Step> prepare,
        List<Step> claim,
        List<Step> findAgain,
        List<Step> reconnect) {

    static LifeSteps of(
            HostParts parts, HostConfig config, AdmitSandbox admit, AwaitTurn turn, Endings endings, GoLive goLive) {
        var patience = config.patience();
        var description = new SandboxDescription(parts.engine().info(), parts.clock());
        var connect = new ConnectAgent(parts.agents(), parts.keys(), patience.link());
        return new LifeSteps(
                admit,
                turn,
                List.of(
                        admit,
                        turn,
                        new MakeFolder(),
                        new MakeDisk(parts.disks()),
                        new ClaimSlot(parts.slots(), patience.slot()),
                        new WriteIntent(description, parts.agentLayer(), parts.bootId()),
                        new StartEngine(
                                parts.engine(), parts.layers(), parts.keys(), config.processesPerSandbox(),
                                endings::watchEngine),
                        connect),
                List.of(
                        new WriteOwner(description),
                        new Introduce(parts.keys(), parts.clock()),
                        new WriteOutcome(parts.clock()),
                        goLive),
                List.of(new FindEngine(parts.engine(), endings::watchEngine), new AdoptSlot()),
                List.of(connect, goLive));
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
        creation().reversed().forEach(step -> names.add(StepRunner.undoOf(step)));
        Stream.concat(findAgain.stream(), reconnect.stream()).forEach(step -> {
            names.add(step.name());
            names.add(StepRunner.undoOf(step));
        });
        return names.stream().distinct().toList();
    }
}
