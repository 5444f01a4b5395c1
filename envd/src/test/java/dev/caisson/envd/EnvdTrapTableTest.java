package dev.caisson.envd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table of envd's traps in docs/compatibility.md has all of them, and names tests that exist. */
class EnvdTrapTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)\\.([a-zA-Z0-9]+)`");

    @Test
    void everyTrapIsThereOnce() throws IOException {
        var numbers = new ArrayList<Integer>();
        for (var row : rows()) {
            var cell = row.split("\\|")[1].strip();
            if (cell.matches("[0-9, ]+")) {
                for (var number : cell.split(", ")) {
                    numbers.add(Integer.valueOf(number));
                }
            }
        }
        assertThat(numbers).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 31).boxed().toList());
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        var named = rows().stream().flatMap(row -> TEST.matcher(row).results()).toList();
        assertThat(named).hasSizeGreaterThan(25);
        for (var test : named) {
            assertThat(source(test.group(1))).as(test.group()).contains("void " + test.group(2) + "(");
        }
    }

    private static List<String> rows() throws IOException {
        var text = Files.readString(ROOT.resolve("docs/compatibility.md"));
        var begin = text.indexOf("## Traps of envd");
        return text.substring(begin, text.indexOf("\n## ", begin)).lines().filter(line -> line.startsWith("| ")).toList();
    }

    private static String source(String test) throws IOException {
        try (var modules = Files.newDirectoryStream(ROOT, path -> Files.isDirectory(path.resolve("src/test/java")))) {
            for (var module : modules) {
                try (var files = Files.walk(module.resolve("src/test/java"))) {
                    var found = files.filter(file -> file.endsWith(test + ".java")).findFirst();
                    if (found.isPresent()) {
                        return Files.readString(found.get());
                    }
                }
            }
        }
        return "";
    }
}
