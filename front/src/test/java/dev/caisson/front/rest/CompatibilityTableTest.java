package dev.caisson.front.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/compatibility.md says of every route what the server does with it, and of no other. */
class CompatibilityTableTest {
    private static final Path DOCUMENT = Path.of("../docs/compatibility.md");
    private static final Pattern ROUTE = Pattern.compile("`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`");

    private ControlPlane plane;

    @BeforeEach
    void start(@TempDir Path folder) {
        plane = new ControlPlane(folder);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void everyRouteHasItsStateInTheTable() throws IOException {
        var expected = new TreeMap<String, String>();
        plane.routes.routes().forEach(route -> expected.put(plain(route), "works"));
        Stream.of(RestApi.NOT_YET, RestApi.NOT_YET_FOR_THE_OPERATOR).flatMap(List::stream)
                .forEach(route -> expected.put(plain(route), "not yet"));
        RestApi.GONE.forEach(route -> expected.put(plain(route), "no"));
        assertThat(documented()).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void noRouteIsThereTwice() {
        var routes = plane.routes.routes().stream().map(CompatibilityTableTest::plain).toList();
        assertThat(routes).hasSize(new TreeSet<>(routes).size());
    }

    /** Routes of the table's first column with the state in its second; what differs works, too. */
    private static Map<String, String> documented() throws IOException {
        var found = new TreeMap<String, String>();
        var text = Files.readString(DOCUMENT);
        var rest = text.substring(text.indexOf("## REST"), text.indexOf("## Routing and ports"));
        rest.lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            var cells = line.split("\\|");
            var state = cells[2].strip();
            ROUTE.matcher(cells[1]).results().forEach(match -> assertThat(
                            found.put(plain(match.group(1)), state.equals("differs") ? "works" : state))
                    .as("%s is in the table twice", match.group(1))
                    .isNull());
        });
        return found;
    }

    private static String plain(String route) {
        return route.replaceAll("\\{[a-zA-Z]+}", "{}");
    }
}
