package dev.caisson.host;

import java.util.concurrent.CountDownLatch;

/** Waits as a step would: an interrupt ends the wait and stays set. */
final class Interruptibly {
    private Interruptibly() {}

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
