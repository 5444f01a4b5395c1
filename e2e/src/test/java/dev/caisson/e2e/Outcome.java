package dev.caisson.e2e;

/**
 * What came of a scenario; the runners in {@code scenarios/} print it as JSON.
 *
 * @param why the failure, or what a version lacks
 */
record Outcome(String scenario, State state, String why, long milliseconds) {
    enum State {
        WORKS("works"),
        ABSENT("–"),
        FAILS("fails");

        private final String cell;

        State(String cell) {
            this.cell = cell;
        }

        /** As the table shows it. */
        String cell() {
            return cell;
        }
    }
}
