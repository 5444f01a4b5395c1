package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every scenario with every published client, against one server. What comes out is the table of
 * {@code docs/compatibility.md}; a difference fails, and the table to put there lies in {@code target}.
 */
@Tag("root")
class CompatibilityTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "compatibility.md");
    private static final Path FRESH = Path.of("target", "compatibility-table.md");
    private static final String BEGIN = "<!-- scenarios: written by CompatibilityTest -->\n";
    private static final String END = "<!-- end of scenarios -->";

    @TempDir
    private static Path folder;

    private static Caisson caisson;
    private static Path hosts;

    @BeforeAll
    static void up() {
        hosts = folder.resolve("hosts");
        caisson = Caisson.up("--domain", "e2b.localhost");
    }

    @AfterAll
    static void down() {
        caisson.close();
    }

    @TestFactory
    Stream<DynamicNode> scenarios() {
        var sdks = new CompatibilityTable("scenario");
        var commandLine = new CompatibilityTable("`@e2b/cli`");
        var clients = Arrays.stream(Client.values()).map(client -> (DynamicNode) DynamicContainer.dynamicContainer(
                client.title(), Stream.of(client).flatMap(c -> run(c, c.isCommandLine() ? commandLine : sdks))));
        return Stream.concat(clients, Stream.of(DynamicTest.dynamicTest(
                "the document shows what came out", () -> compare(sdks.markdown() + "\n" + commandLine.markdown()))));
    }

    private static Stream<DynamicNode> run(Client client, CompatibilityTable table) {
        var ran = new ArrayList<Outcome>();
        // A runner that breaks off is a failed test too, and the other clients still run.
        var whole = DynamicTest.dynamicTest("runs to its end", () -> {
            ran.addAll(client.run(environment(), Files.copy(Path.of("/etc/hosts"), hosts, StandardCopyOption.REPLACE_EXISTING)));
            table.add(client.title(), ran);
        });
        return Stream.concat(Stream.of(whole), Stream.of(ran).flatMap(List::stream).map(CompatibilityTest::test));
    }

    /** Where the server is, and whom its certificate comes from. */
    private static Map<String, String> environment() {
        var environment = new HashMap<>(caisson.sdkEnvironment());
        environment.put("NODE_EXTRA_CA_CERTS", caisson.data().resolve("tls/ca.pem").toString());
        environment.put("SSL_CERT_FILE", caisson.data().resolve("tls/ca-bundle.pem").toString());
        environment.put("PYTHONWARNINGS", "ignore::DeprecationWarning");
        // The command line keeps its settings there, and does not ask whether there is a newer one.
        environment.put("HOME", folder.toString());
        environment.put("NO_UPDATE_NOTIFIER", "1");
        return environment;
    }

    private static DynamicNode test(Outcome outcome) {
        return DynamicTest.dynamicTest(
                outcome.scenario(), () -> assertThat(outcome.state()).as(outcome.why()).isNotEqualTo(Outcome.State.FAILS));
    }

    private static void compare(String table) throws IOException {
        System.out.println(table);
        Files.writeString(FRESH, table);
        assertThat(shown()).as("the table of docs/compatibility.md; what came out now is in e2e/%s", FRESH).isEqualTo(table);
    }

    private static String shown() {
        try {
            var text = Files.readString(DOCUMENT);
            var begin = text.indexOf(BEGIN);
            var end = text.indexOf(END);
            assertThat(begin).as("the mark before the table").isNotNegative();
            return text.substring(begin + BEGIN.length(), end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
