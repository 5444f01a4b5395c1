package dev.caisson.base.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The addresses of one test's installation, for as long as it is there: no two tests on the machine have the same. Who has them
 * shows it with a socket on a loopback address, which ends with the process that made it.
 */
public final class AddressRange implements AutoCloseable {
    private static final int FIRST = 128;
    private static final int COUNT = 96;
    private static final int PORT = 47470;
    private final int number;
    private final ServerSocket mark;

    private AddressRange(int number, ServerSocket mark) {
        this.number = number;
        this.mark = mark;
    }

    /** One that no other test has. */
    public static AddressRange take() {
        var start = ThreadLocalRandom.current().nextInt(COUNT);
        for (int i = 0; i < COUNT; i++) {
            var number = FIRST + (start + i) % COUNT;
            try {
                return new AddressRange(number, new ServerSocket(PORT, 1, InetAddress.getByName("127.10." + number + ".1")));
            } catch (BindException e) {
                // Another test's; the next one then.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("all " + COUNT + " address ranges of tests are in use");
    }

    /** As settings write it: {@code 10.200}. */
    public String prefix() {
        return "10." + number;
    }

    @Override
    public void close() {
        try {
            mark.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
