package dev.caisson.host;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The steps of a sandbox's life, in order. A new step is one class and one line here.
 *
 * @param turn the member of {@code creation} that is given back when a start is over
 * @param creation from nothing to running
 * @param findAgain the first half of an adoption, before the slot pool opens
 * @param reconnect the second half
 */
record LifeSteps(AwaitTurn turn, List<Step> creation, List<Step> findAgain, List<Step> reconnect) {

    static LifeSteps of(HostParts parts, HostConfig config, Registry registry, Endings endings, GoLive goLive) {
        var patience = config.patience();
        var turn = new AwaitTurn(config.startsAtOnce(), patience.turn());
        var connect = new ConnectAgent(parts.agents(), parts.keys(), patience.link());
        return new LifeSteps(
                turn,
                List.of(
                        new AdmitSandbox(
                                registry, config.mostSandboxes(), parts.installation().data(), config.leastDiskBytes()),
                        turn,
                        new MakeFolder(),
                        new MakeDisk(parts.disks()),
                        new ClaimSlot(parts.slots(), patience.slot()),
                        new WriteIntent(parts.engine().info(), parts.agentLayer(), parts.bootId(), parts.clock()),
                        new StartEngine(
                                parts.engine(), parts.layers(), parts.keys(), config.processesPerSandbox(),
                                endings::watchEngine),
                        connect,
                        new Introduce(parts.keys(), parts.clock()),
                        new WriteOutcome(parts.clock()),
                        goLive),
                List.of(new FindEngine(parts.engine(), endings::watchEngine), new AdoptSlot()),
                List.of(connect, goLive));
    }

    /** Every name that a {@link StepObserver} may see, in the order of a life. */
    List<String> names() {
        var names = new ArrayList<String>();
        creation.forEach(step -> names.add(step.name()));
        names.addAll(Endings.STEP_NAMES);
        creation.reversed().forEach(step -> names.add(StepRunner.undoOf(step)));
        Stream.concat(findAgain.stream(), reconnect.stream()).forEach(step -> {
            names.add(step.name());
            names.add(StepRunner.undoOf(step));
        });
        return names.stream().distinct().toList();
    }
}
