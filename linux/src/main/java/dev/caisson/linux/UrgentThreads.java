package dev.caisson.linux;

/** Platform threads that a busy machine does not keep waiting, for work that must be done within milliseconds. */
public final class UrgentThreads {
    /** Near the top of the ordinary range (sched(7)); real-time scheduling could starve the machine. */
    private static final int NICE = -19;

    private UrgentThreads() {}

    /** Starts a daemon thread. Without root it has the ordinary priority. */
    public static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            Libc.setPriority(NICE);
            work.run();
        });
    }
}
