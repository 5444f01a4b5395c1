package dev.caisson.host;

import dev.caisson.base.SandboxId;
import dev.caisson.node.StandbyStatus;
import java.util.List;

/**
 * How a host is doing.
 *
 * @param most sandboxes it takes
 * @param starting being made for somebody, or resumed
 * @param running those that are being saved included
 * @param paused on the disk only
 * @param ending being taken apart, the stuck ones included
 * @param standbys what is made and waits for nobody in particular
 */
public record HostStatus(
        int most, int starting, int running, int paused, int ending, List<Stuck> stuck, StandbyStatus standbys) {
    public HostStatus {
        stuck = List.copyOf(stuck);
    }

    /**
     * A sandbox that has ended and could not be removed completely yet; it is tried again.
     *
     * @param step whose undo fails
     * @param failure for people
     * @param attempts so far
     */
    public record Stuck(SandboxId id, String step, String failure, int attempts) {}
}
