package dev.caisson.app.copy;

import dev.caisson.app.client.ClientException;
import dev.caisson.app.client.ProcessOutput;
import dev.caisson.base.Category;
import java.io.ByteArrayOutputStream;

/** What a small tool prints; one that prints without end is not waited for. Used by one thread. */
final class Gathered implements ProcessOutput {
    /** A path, which is at most 4095 bytes long. */
    private static final int MOST_OUTPUT = 4096;
    /** A message for each of many paths. */
    private static final int MOST_ERRORS = 1 << 20;

    private final String what;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    /** @param what the tool does, for the message about one that prints too much */
    Gathered(String what) {
        this.what = what;
    }

    byte[] output() {
        return output.toByteArray();
    }

    byte[] errors() {
        return errors.toByteArray();
    }

    @Override
    public void started(int pid) {
        // Nothing is to be sent to it.
    }

    @Override
    public void stdout(byte[] data) {
        add(data, output, MOST_OUTPUT);
    }

    @Override
    public void stderr(byte[] data) {
        add(data, errors, MOST_ERRORS);
    }

    private void add(byte[] data, ByteArrayOutputStream to, int most) {
        if (data.length > most - to.size()) {
            throw new ClientException(
                    Category.INTERNAL, what + " in the sandbox failed: the tool there printed more than " + most + " bytes");
        }
        to.writeBytes(data);
    }
}
