package dev.caisson.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code testing/report.py}, the last words of {@code ./caisson test}: whoever sees nothing else sees there what failed. */
class TestReportTest {
    private static final String PASSED = "<testcase classname=\"dev.caisson.Good\" name=\"works\"/>";
    @TempDir
    private Path folder;

    @Test
    void whatPassedIsAddedUp() throws IOException {
        module("base", PASSED + PASSED + "<testcase classname=\"dev.caisson.Good\" name=\"other\"><skipped message=\"not here\"/></testcase>");
        module("front", PASSED);
        log("guest-agent-tests", "skipped: test_files.Files.test_y: needs root", "4 passed, 0 failed");
        assertThat(report()).isEqualTo(new Printed(0, "7 passed, 0 failed, 2 skipped\n"));
    }

    @Test
    void aFailedTestIsNamedWithItsReason() throws IOException {
        module("front", PASSED + failed("ports(int)[2]", "failure message=\"&#10;Expecting &lt;1&gt;&#10;  to be 2\" type=\"T\"")
                + failed("", "error type=\"java.io.IOException\""));
        log("guest-agent-tests", "4 passed, 0 failed");
        assertThat(report()).isEqualTo(new Printed(1, """
                failed: dev.caisson.Bad ports(int)[2]: Expecting <1> to be 2
                failed: dev.caisson.Bad : java.io.IOException
                5 passed, 2 failed, 0 skipped
                """));
    }

    @Test
    void aFailedTestOfTheAgentIsNamed() throws IOException {
        log("guest-agent-tests", "failed: test_files.Files.test_x: AssertionError: 1 != 2", "4 passed, 1 failed", "make: *** [test] Error 1");
        assertThat(report("guest-agent-tests=2")).isEqualTo(new Printed(1, """
                failed: guest agent test_files.Files.test_x: AssertionError: 1 != 2
                4 passed, 1 failed, 0 skipped
                """));
    }

    /** A finding of the fuzzer is printed with the bytes that show it again. */
    @Test
    void aStepThatBreaksIsAFailureToo() throws IOException {
        module("base", PASSED);
        log("guest-agent-tests", "src/wire.c:1:1: error: nonsense");
        log("guest-agent-fuzz", "#2 INITED", "SUMMARY: AddressSanitizer: heap-buffer-overflow src/wire.c:7", "Base64: AAEC");
        assertThat(report("guest-agent-tests=2", "guest-agent-fuzz=2", "server-tests=1")).isEqualTo(new Printed(1, """
                failed: guest-agent-tests: exit code 2; its output is above
                failed: guest-agent-fuzz: exit code 2. SUMMARY: AddressSanitizer: heap-buffer-overflow src/wire.c:7 Base64: AAEC
                failed: server-tests: exit code 1; its output is above
                1 passed, 3 failed, 0 skipped
                """));
    }

    @Test
    void manyFailuresLeaveRoomForTheCount() throws IOException {
        module("base", IntStream.range(0, 40).mapToObj(number -> failed("test" + number, "failure message=\"" + "long ".repeat(100) + "\""))
                .collect(Collectors.joining()));
        var lines = report().output().lines().toList();
        assertThat(lines).hasSize(32).endsWith("failed: 10 more", "0 passed, 40 failed, 0 skipped");
        assertThat(lines).allMatch(line -> line.length() <= 300);
    }

    @Test
    void aRunWithoutATestHasNotPassed() {
        assertThat(report()).isEqualTo(new Printed(1, "failed: everything: no test ran\n0 passed, 1 failed, 0 skipped\n"));
    }

    private record Printed(int exitCode, String output) {}

    private Printed report(String... broken) {
        var arguments = new ArrayList<>(List.of("../testing/report.py", folder.toString(), folder.toString()));
        arguments.addAll(List.of(broken));
        var result = Command.ofSystem("python3", arguments.toArray(String[]::new)).runAnyExit();
        assertThat(result.errors()).isEmpty();
        return new Printed(result.exitCode(), result.output());
    }

    private static String failed(String name, String element) {
        return "<testcase classname=\"dev.caisson.Bad\" name=\"" + name + "\"><" + element + ">a trace</" + element.split(" ", 2)[0] + "></testcase>";
    }

    private void module(String name, String cases) throws IOException {
        var reports = Files.createDirectories(folder.resolve(name + "/target/surefire-reports"));
        Files.writeString(reports.resolve("TEST-" + name + ".xml"), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite>" + cases + "</testsuite>");
    }

    private void log(String name, String... lines) throws IOException {
        Files.write(folder.resolve(name + ".log"), List.of(lines));
    }
}
