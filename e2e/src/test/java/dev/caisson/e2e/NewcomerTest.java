package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What somebody does in the first minutes: up, the two printed programs, run, ls, exec, kill. While nothing else runs: it also
 * looks at the machine's settings before and after.
 */
@Tag("root")
@Tag("alone")
class NewcomerTest {
    private static Caisson caisson;
    private static Map<String, String> settings;

    @BeforeAll
    static void up() {
        settings = Leftovers.settings();
        caisson = Caisson.up();
    }

    @AfterAll
    static void down() {
        caisson.close();
        assertThat(Leftovers.settings()).isEqualTo(settings);
    }

    @Test
    void thePrintedJavaScriptProgramRuns() {
        var result = Sdk.javaScript(printed("JavaScript"), Map.of());
        assertThat(result.errors()).isEmpty();
        assertThat(result.output().strip()).isEqualTo("42");
    }

    @Test
    void thePrintedPythonProgramRuns() {
        var result = Sdk.python(printed("Python"), Map.of());
        assertThat(result.errors()).isEmpty();
        assertThat(result.output().strip()).isEqualTo("42");
    }

    @Test
    void upAgainFindsEverythingDone() {
        var pid = caisson.server().process();
        caisson.cli("up").expectSuccess();
        assertThat(caisson.server().process()).isEqualTo(pid);
    }

    @Test
    void runGivesOutputAndExitCodeAndLeavesNothing() {
        var result = caisson.cli("run", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.output()).isEqualTo("out\n");
        assertThat(result.errors()).isEqualTo("err\n");
        assertThat(caisson.cli("ls", "--json").expectSuccess().output().strip()).isEqualTo("[ ]");
    }

    @Test
    void runHandsPipedInputOver() {
        assertThat(caisson.cliWithInput("one\ntwo\n", "run", "-i", "--", "wc", "-l").expectSuccess().output().strip()).isEqualTo("2");
    }

    @Test
    void aKilledCommandGivesTheShellsCode() {
        assertThat(caisson.cli("run", "--", "sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void commandsKnowUserFolderAndEnvironment() {
        var result = caisson.cli("run", "-u", "root", "-w", "/tmp", "-e", "GREETING=hello", "--", "sh", "-c", "id -un; pwd; echo $GREETING");
        assertThat(result.expectSuccess().output()).isEqualTo("root\n/tmp\nhello\n");
    }

    @Test
    void execInfoAndKillWorkOnARunningSandbox() {
        try (var api = caisson.api()) {
            var id = api.create("base", java.util.Optional.empty(), Map.of()).id();
            assertThat(caisson.cli("exec", id, "echo", "hi").expectSuccess().output()).isEqualTo("hi\n");
            assertThat(caisson.cli("exec", id, "--", "echo", "hi").expectSuccess().output()).isEqualTo("hi\n");
            assertThat(caisson.cli("exec", id, "sh", "-c", "echo $0 $1", "-t", "-u").expectSuccess().output()).isEqualTo("-t -u\n");
            assertThat(caisson.cli("info", id).expectSuccess().output()).contains("gvisor").contains("isolation");
            assertThat(caisson.cli("ls").expectSuccess().output()).contains(id);
            caisson.cli("kill", id).expectSuccess();
            assertThat(caisson.cli("kill", id).exitCode()).isEqualTo(1);
        }
    }

    /** What is closed to other users of the machine, and what a guest must not notice of that. */
    @Test
    void theServersFilesAreRootsAndTheGuestsModesAreUsual() throws Exception {
        assertThat(caisson.cli("run", "--", "sh", "-c", "touch f; stat -c %a f / /home/user").expectSuccess().output())
                .isEqualTo("644\n755\n755\n");
        for (var file : new String[] {"control.db", "secret", "logs/server.log", "ended.jsonl"}) {
            assertThat(java.nio.file.Files.getPosixFilePermissions(caisson.data().resolve(file)))
                    .as(file)
                    .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(java.nio.file.Files.getPosixFilePermissions(caisson.data().resolve("history")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aFolderThatHoldsSomethingElseIsNeitherTakenNorRemoved(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) throws Exception {
        var precious = java.nio.file.Files.writeString(folder.resolve("precious"), "mine");
        assertThat(caisson.cli("up", "--data", folder.toString()).exitCode()).isEqualTo(1);
        assertThat(caisson.cli("down", "--all", "--data", folder.toString()).exitCode()).isEqualTo(1);
        assertThat(precious).hasContent("mine");
        caisson.server();
    }

    @Test
    void statusTellsPidVersionAndEngine() {
        var status = caisson.cli("status", "--json").expectSuccess().output();
        assertThat(status).contains("\"pid\" : " + caisson.server().process().pid()).contains("gvisor caisson-").contains("\"version\"");
    }

    @Test
    void envPointsTheSdksHere() {
        assertThat(caisson.cli("env").expectSuccess().output())
                .contains("export E2B_API_KEY=" + caisson.access().key())
                .contains("export E2B_API_URL=" + caisson.access().url());
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (var command : new String[] {
            "up", "down", "status", "doctor", "env", "run", "exec", "create", "connect", "cp", "port", "timeout", "ls", "info", "logs", "metrics",
            "kill", "keys", "teams", "completion", "serve", "prepare"}) {
            assertThat(caisson.cli(command, "--help").expectSuccess().output()).as(command).containsPattern("Example: .*caisson " + command);
        }
        assertThat(caisson.cli("--help").expectSuccess().output()).contains("Usage: caisson", "Example: caisson up");
        assertThat(caisson.cli("--version").expectSuccess().output()).startsWith("Caisson 0.");
    }

    /** The program below a heading of what {@code up} prints, with its indentation taken off. */
    private static String printed(String heading) {
        var text = caisson.cli("up").expectSuccess().output();
        var block = Pattern.compile("^" + heading + " .*\n\n((?:  .*\n)+)", Pattern.MULTILINE).matcher(text);
        assertThat(block.find()).as("a program for %s in:%n%s", heading, text).isTrue();
        return block.group(1).indent(-2);
    }
}
