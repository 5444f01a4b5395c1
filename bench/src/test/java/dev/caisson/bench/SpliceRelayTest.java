package dev.caisson.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SpliceRelayTest {
    @Test
    void bytesAndTheEndPassBothWays() throws Exception {
        var content = new byte[5_000_000];
        new Random(3).nextBytes(content);
        try (var service = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var relay = SpliceRelay.to("127.0.0.1", service.getLocalPort())) {
            Thread.ofVirtual().start(() -> echo(service));
            for (var i = 0; i < 3; i++) {
                try (var client = relay.connect()) {
                    var sender = Thread.ofVirtual().start(() -> {
                        try {
                            client.getOutputStream().write(content);
                            client.shutdownOutput();
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
                    assertThat(client.getInputStream().readAllBytes()).isEqualTo(content);
                    sender.join();
                }
            }
        }
    }

    private static void echo(ServerSocket service) {
        try {
            while (true) {
                try (var client = service.accept()) {
                    client.getInputStream().transferTo(client.getOutputStream());
                }
            }
        } catch (IOException e) {
            // Closed: the end of the test.
            return;
        }
    }
}
