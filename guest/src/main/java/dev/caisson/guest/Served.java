package dev.caisson.guest;

/** A guest port that the host serves. Closing it stops the listening; connections already handed over go on. */
public interface Served extends AutoCloseable {
    int port();

    @Override
    void close();
}
