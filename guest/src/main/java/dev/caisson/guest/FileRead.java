package dev.caisson.guest;

import java.io.InputStream;

/**
 * An open file of the guest. The entry is that at the moment of opening; the stream ends at the length asked for or at the
 * file's end. Closing it early stops the transfer.
 */
public interface FileRead extends AutoCloseable {
    FileEntry entry();

    InputStream content();

    @Override
    void close();
}
