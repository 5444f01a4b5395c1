package dev.caisson.bench;

/** How often something is measured that takes longer than most, of so many rounds that were asked for; at least once. */
final class Rounds {
    private Rounds() {}

    static int half(int rounds) {
        return Math.ceilDiv(rounds, 2);
    }

    static int tenth(int rounds) {
        return Math.ceilDiv(rounds, 10);
    }
}
