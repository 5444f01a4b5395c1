package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.base.CleanupStack;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One guest cannot fill the machine's table of connections. */
@Tag("root")
class ConnectionLimitTest {
    private static final int LIMIT = 5;
    private static final int PORT = 8080;

    @Test
    void aGuestAtItsLimitIsRefusedAndTheOthersAreNot() throws Exception {
        try (var lab = new Lab(); var open = new CleanupStack(); var server = lab.world.call(() -> new ServerSocket(PORT))) {
            var pool = lab.pool(lab.plan, new SlotSettings(2, 8, Duration.ofMinutes(1), LIMIT));
            lab.host.call(pool::open);
            var greedy = pool.claim(Duration.ofSeconds(10));
            for (int i = 0; i < LIMIT; i++) {
                var connection = Lab.inside(greedy).call(() -> new Socket(Lab.INTERNET, server.getLocalPort()));
                open.push("close a connection", connection::close);
            }
            assertThat(Wire.ask(Lab.inside(greedy), Lab.INTERNET, PORT)).isEqualTo("Connection refused");

            var modest = pool.claim(Duration.ofSeconds(10));
            try (var connection = Lab.inside(modest).call(() -> new Socket(Lab.INTERNET, PORT))) {
                assertThat(connection.isConnected()).isTrue();
            }

            pool.release(greedy);
            var numbers = Stream.generate(() -> pool.claim(Duration.ofSeconds(10))).takeWhile(slot -> slot.number() != greedy.number()).toList();
            assertThat(numbers).hasSizeLessThan(8);
            try (var connection = new Netns(lab.plan.device(greedy.number())).call(() -> new Socket(Lab.INTERNET, PORT))) {
                assertThat(connection.isConnected()).as("the next tenant begins at none").isTrue();
            }
        }
    }
}
