package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import dev.caisson.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that are about one sandbox: create, connect, port, timeout; and the completion of all of them. */
@Tag("root")
class SandboxCommandsTest {
    private static Caisson caisson;
    private static ApiClient api;
    private static RemoteSandbox sandbox;
    private static String id;

    @BeforeAll
    static void up() {
        caisson = Caisson.up();
        api = caisson.api();
        sandbox = api.create("base", Optional.of(Duration.ofMinutes(30)), Map.of());
        id = sandbox.id();
    }

    @AfterAll
    static void down() {
        api.close();
        caisson.close();
    }

    @Test
    void createPrintsTheIdOfASandboxThatStays() {
        var made = caisson.cli("create", "--timeout", "600", "-e", "GREETING=hello you", "-m", "job=a=b").expectSuccess().output().strip();
        assertThat(caisson.cli("exec", made, "--", "sh", "-c", "echo $GREETING").expectSuccess().output()).isEqualTo("hello you\n");
        assertThat(caisson.cli("info", "--json", made).expectSuccess().output()).contains("\"job\" : \"a=b\"");
        caisson.cli("kill", made).expectSuccess();
        assertThat(caisson.cli("create", "no-such-template").errors()).contains("no-such-template");
        assertThat(caisson.cli("create", "--timeout", "soon").exitCode()).isEqualTo(2);
    }

    @Test
    void timeoutMovesTheEnd() {
        assertThat(caisson.cli("timeout", id, "1200").expectSuccess().output()).startsWith(id + " ends at 20");
        assertThat(caisson.cli("timeout", "--json", id, "1300").expectSuccess().output()).contains("\"endAt\"");
        assertThat(caisson.cli("timeout", id, "-1").exitCode()).isEqualTo(2);
        assertThat(caisson.cli("timeout", id, "soon").exitCode()).isEqualTo(2);
        var unknown = caisson.cli("timeout", "iunknownsandbox00001", "60");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.errors()).contains("iunknownsandbox00001");
    }

    @Test
    void portSaysWhetherSomethingListens() {
        var closed = caisson.cli("port", id, "8001");
        assertThat(closed.exitCode()).isEqualTo(1);
        assertThat(closed.output()).isEqualTo("http://8001-" + id + ".localhost:" + caisson.access().url().getPort() + "\n");
        assertThat(closed.errors()).contains("nothing listens on port 8001");
        Commands.sh(sandbox, "cd /home/user && echo inside > page && (python3 -m http.server 8000 >/dev/null 2>&1 &) "
                + "&& for i in $(seq 200); do curl -sf -o /dev/null localhost:8000 && break; sleep 0.05; done");
        var open = caisson.shell("curl -sS \"$(caisson port " + id + " 8000)/page\"");
        assertThat(open.output()).as(open.errors()).isEqualTo("inside\n");
        assertThat(caisson.cli("port", "--json", id, "8000").expectSuccess().output()).contains("\"state\" : \"open\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "http"})
    void aPortThatIsNoneIsAWrongCommandLine(String port) {
        assertThat(caisson.cli("port", id, port).exitCode()).isEqualTo(2);
    }

    @Test
    void connectIsAShellInATerminal() {
        var typed = "printf 'stty size; echo user: $(id -un) $WORD; exit 5\\n'";
        var result = caisson.shell("export -f caisson; " + typed + " | SHELL=/bin/bash script -qec 'stty cols 91 rows 31; caisson connect -e WORD=wörd " + id + "' /dev/null");
        assertThat(result.output()).contains("31 91").contains("user: user wörd");
        assertThat(result.exitCode()).isEqualTo(5);
    }

    @Test
    void connectWithoutATerminalSaysWhatToDo() {
        var result = caisson.cli("connect", id);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errors()).contains("a shell needs a terminal").contains("caisson exec " + id);
    }

    @Test
    void bashCompletesCommandsAndOptions() {
        var asked = """
                source <(caisson completion bash) 2>/dev/null
                compopt() { :; }
                ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _complete_caisson; echo "${COMPREPLY[@]}"; }
                complete -p caisson
                ask caisson c
                ask caisson exec --w
                """;
        var result = caisson.shell(asked);
        assertThat(result.output()).as(result.errors()).contains("_complete_caisson").contains("create connect cp").contains("--workdir");
    }

    /** Somebody types in a terminal, with tabs; what the shell makes of the lines is shown by a command in the program's place. */
    @Test
    void zshCompletesCommandsOptionsAndTheirValues(@TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(Command.find("zsh").isPresent(), "zsh is not installed; `./caisson test` installs it");
        Files.writeString(folder.resolve(".zshrc"), caisson.shellFunction() + """
                source <(caisson completion zsh)
                caisson() { print -r -- "ran: $*"; }
                PS1=
                """);
        var typed = "caisson comple\\tzs\\t\\ncaisson exec --workd\\t/x\\ncaisson c\\t\\nexit 7\\n";
        var result = caisson.shell("printf '" + typed + "' | SHELL=/bin/bash TERM=dumb ZDOTDIR=" + folder + " script -qec 'zsh -i' /dev/null");
        assertThat(result.output()).contains("ran: completion zsh").contains("ran: exec --workdir /x").containsPattern("completion +connect +cp +create");
        assertThat(result.exitCode()).isEqualTo(7);
    }

    @Test
    void completionKnowsTwoShells() {
        assertThat(caisson.cli("completion", "fish").exitCode()).isEqualTo(2);
    }
}
