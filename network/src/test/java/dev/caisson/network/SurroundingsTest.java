package dev.caisson.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SurroundingsTest {
    @TempDir
    private Path folder;

    private Optional<String> nameServerOf(String... files) throws IOException {
        var paths = new ArrayList<Path>();
        for (int i = 0; i < files.length; i++) {
            paths.add(Files.writeString(folder.resolve("resolv" + i), files[i].replace("|", "\n")));
        }
        return new SurroundingsReader(new SlotPlan("caisson", "10.111"), paths).read().nameServer();
    }

    @ParameterizedTest
    @CsvSource({
        "nameserver 10.0.0.1, 10.0.0.1",
        "# x|search a b|nameserver 9.9.9.9|nameserver 8.8.8.8, 9.9.9.9",
        "nameserver 127.0.0.1|nameserver 8.8.8.8, 8.8.8.8",
        "nameserver fe80::1|nameserver\t1.1.1.1  , 1.1.1.1",
        "nameserver 999.1.1.1|nameserver 1.1.1.1; drop|nameserver 8.8.4.4, 8.8.4.4",
    })
    void theFirstNameServerBeyondTheLoopbackIsTaken(String file, String expected) throws IOException {
        assertThat(nameServerOf(file)).contains(expected);
    }

    @Test
    void behindAStubTheNextFileIsLookedAt() throws IOException {
        assertThat(nameServerOf("nameserver 127.0.0.53", "nameserver 9.9.9.9")).contains("9.9.9.9");
        assertThat(nameServerOf("nameserver 127.0.0.53")).isEmpty();
        assertThat(nameServerOf()).isEmpty();
    }

    @Test
    void aMissingFileNamesNobody() {
        var reader = new SurroundingsReader(new SlotPlan("caisson", "10.111"), List.of(folder.resolve("missing")));
        assertThat(reader.read().nameServer()).isEmpty();
    }

    @Test
    void theMachinesNetworksAreThoseOfItsRoutes() {
        var surroundings = new SurroundingsReader(new SlotPlan("caisson", "10.111"), List.of()).read();
        assertThat(surroundings.connected()).allMatch(network -> network.matches("(\\d+\\.){3}\\d+/\\d+")).doesNotContain("0.0.0.0/0");
    }
}
