package dev.caisson.network;

import java.time.Duration;

/**
 * How many slots there are, and what one guest may use.
 *
 * @param ready how many prepared slots wait when nobody asks; more are kept while there is demand
 * @param most how many slots may exist in all, used ones included, 1 to {@value SlotPlan#HIGHEST}
 * @param refresh how often the machine's own networks, name server and foreign firewalls are looked at again
 * @param connections how many connections to the outside one guest may have open at a time; more are refused
 */
public record SlotSettings(int ready, int most, Duration refresh, int connections) {
    public SlotSettings {
        if (ready < 1 || most < ready || most > SlotPlan.HIGHEST) {
            throw new IllegalArgumentException("1 <= ready <= most <= " + SlotPlan.HIGHEST + ", not ready " + ready + ", most " + most);
        }
        if (refresh.toMillis() < 1 || connections < 1) {
            throw new IllegalArgumentException("refresh and connections are positive, not " + refresh + ", " + connections);
        }
    }

    public static SlotSettings defaults() {
        return new SlotSettings(8, 1024, Duration.ofSeconds(10), 4096);
    }
}
