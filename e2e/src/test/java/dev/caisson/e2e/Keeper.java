package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.app.client.ApiClient;
import dev.caisson.app.client.RemoteSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * A program in a sandbox that would tell if its memory or its files were lost, damaged or old: it holds a random block in
 * memory and in a file, and counts how often it was asked in both. One thread asks at a time.
 */
final class Keeper {
    private static final int PORT = 8000;
    private static final String PROGRAM = """
            import hashlib, http.server, os, time
            block = os.urandom(4 << 20)
            with open("block", "wb") as file:
                file.write(block)
            count, latest = 0, time.monotonic()

            def digest(data):
                return hashlib.sha256(data).hexdigest()[:16]

            class Keeper(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    global count, latest
                    if self.path == "/next":
                        count += 1
                        with open("counts", "a") as file:
                            print(count, file=file)
                    back, latest = time.monotonic() < latest, time.monotonic()
                    with open("counts", "a+") as file:
                        file.seek(0)
                        lines = file.read().split()
                    with open("block", "rb") as file:
                        written = digest(file.read())
                    state = f"{count} {lines == [str(n + 1) for n in range(count)]} {digest(block)} {written} {back} {time.time()}"
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(state.encode())

                def log_message(self, *words):
                    pass

            http.server.ThreadingHTTPServer(("", 8000), Keeper).serve_forever()
            """;

    private final HttpClient http;
    private final URI server;
    private final String sandbox;
    private String digest = "";
    private int count;

    private Keeper(HttpClient http, URI server, String sandbox) {
        this.http = http;
        this.server = server;
        this.sandbox = sandbox;
    }

    /** Starts the program in a sandbox that runs. */
    static Keeper startIn(RemoteSandbox sandbox, ApiClient api, HttpClient http) {
        sandbox.upload("/home/user/keeper.py", PROGRAM.getBytes(StandardCharsets.UTF_8));
        assertThat(Commands.sh(sandbox, "setsid python3 keeper.py </dev/null >keeper.log 2>&1 &").exitCode()).isZero();
        var keeper = new Keeper(http, api.url(), sandbox.id());
        await().atMost(Duration.ofSeconds(30)).until(() -> keeper.ask("/").statusCode() == 200);
        keeper.digest = keeper.ask("/").body().split(" ")[2];
        return keeper;
    }

    String sandbox() {
        return sandbox;
    }

    /** Its own view of a copy that was made of its sandbox. */
    Keeper in(String copy) {
        var other = new Keeper(http, server, copy);
        other.digest = digest;
        other.count = count;
        return other;
    }

    /** Asks once more; everything must be as after the time before. */
    void expectNext() {
        count++;
        var before = Instant.now();
        var answer = ask("/next");
        var after = Instant.now();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var state = answer.body().split(" ");
        assertThat(state[0]).as("how often " + sandbox + " counted in memory").isEqualTo(Integer.toString(count));
        assertThat(state[1]).as("whether " + sandbox + " counted the same in its file").isEqualTo("True");
        assertThat(state[2]).as("the block in the memory of " + sandbox).isEqualTo(digest);
        assertThat(state[3]).as("the block in a file of " + sandbox).isEqualTo(digest);
        assertThat(state[4]).as("whether the monotonic clock of " + sandbox + " went back").isEqualTo("False");
        // The agent leaves a clock alone that is a little ahead.
        assertThat(Instant.ofEpochMilli((long) (Double.parseDouble(state[5]) * 1000)))
                .as("the clock of " + sandbox)
                .isBetween(before.minusSeconds(1), after.plusSeconds(6));
    }

    /** Whatever the port answers now. */
    HttpResponse<String> ask(String path) {
        var request = HttpRequest.newBuilder(server.resolve(path))
                .header("E2b-Sandbox-Id", sandbox)
                .header("E2b-Sandbox-Port", Integer.toString(PORT))
                .timeout(Duration.ofMinutes(1))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
