package dev.caisson.app.client;

/** Receives what a process does, in order, on the thread that runs it. */
public interface ProcessOutput {
    void started(int pid);

    void stdout(byte[] data);

    void stderr(byte[] data);
}
