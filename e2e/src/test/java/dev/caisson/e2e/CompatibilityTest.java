package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

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

    private static Caisson caisson;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
    }

    @AfterAll
    static void down() {
        caisson.close();
    }

    @TestFactory
    Stream<DynamicNode> scenarios() {
        var table = new CompatibilityTable();
        var clients = Arrays.stream(Client.values())
                .map(client -> (DynamicNode) DynamicContainer.dynamicContainer(client.title(), Stream.of(client).flatMap(c -> run(c, table))));
        return Stream.concat(clients, Stream.of(DynamicTest.dynamicTest("the document shows this table", () -> compare(table.markdown()))));
    }

    private static Stream<DynamicNode> run(Client client, CompatibilityTable table) {
        var ran = new ArrayList<Outcome>();
        // A runner that breaks off is a failed test too, and the other clients still run.
        var whole = DynamicTest.dynamicTest("runs to its end", () -> {
            ran.addAll(client.run(caisson.sdkEnvironment()));
            table.add(client.title(), ran);
        });
        return Stream.concat(Stream.of(whole), Stream.of(ran).flatMap(List::stream).map(CompatibilityTest::test));
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
