package dev.caisson.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A two-way byte stream into the guest, with half-close. */
public interface GuestStream extends AutoCloseable {
    InputStream input();

    OutputStream output();

    /** Tells the other side that no more bytes follow. */
    void shutdownOutput() throws IOException;

    /** Resets both directions. Idempotent, from any thread; blocked reads and writes fail at once. */
    @Override
    void close();
}
