package dev.caisson.app.client;

import dev.caisson.base.Category;
import dev.caisson.linux.Terminal;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Processes of one sandbox over envd's Connect protocol with JSON ({@code contract/envd.md} §1.3, §2). Safe for use by many
 * threads.
 */
public final class RemoteSandbox {
    private static final int END_OF_STREAM = 0x02;
    private static final int LARGEST_MESSAGE = 64 << 20;
    private final SandboxConnection connection;
    private final JsonMapper json;

    RemoteSandbox(SandboxConnection connection) {
        this.connection = connection;
        this.json = connection.json();
    }

    public String id() {
        return connection.id();
    }

    /** @param user whose files these are; empty for the template's user */
    public RemoteFiles files(Optional<String> user) {
        return new RemoteFiles(connection, user);
    }

    /**
     * Runs a process to its end.
     *
     * @return its exit code as a shell gives it: 128 + the signal for one that was killed
     * @throws ClientException {@code UNAVAILABLE} if the sandbox goes away meanwhile
     */
    public int run(ProcessStart start, ProcessOutput output) {
        var request = connection.request("process.Process/Start", start.user())
                .header("Content-Type", "application/connect+json")
                .header("Keepalive-Ping-Interval", "30")
                .POST(HttpRequest.BodyPublishers.ofByteArray(envelope(json.writeValueAsBytes(message(start)))))
                .build();
        try (var body = new DataInputStream(connection.send(request))) {
            return follow(body, output);
        } catch (IOException e) {
            throw connection.gone(e);
        }
    }

    public void writeInput(int pid, byte[] data, boolean terminal) {
        call("process.Process/SendInput", Map.of(
                "process", Map.of("pid", pid),
                "input", Map.of(terminal ? "pty" : "stdin", Base64.getEncoder().encodeToString(data))));
    }

    public void closeInput(int pid) {
        call("process.Process/CloseStdin", Map.of("process", Map.of("pid", pid)));
    }

    public void resize(int pid, Terminal.Size size) {
        call("process.Process/Update", Map.of("process", Map.of("pid", pid), "pty", pty(size)));
    }

    /** Writes a file, as the sandbox's default user. */
    public void upload(String path, byte[] content) {
        files(Optional.empty()).write(path, HttpRequest.BodyPublishers.ofByteArray(content));
    }

    /** Reads a file into one of this machine's. */
    public void download(String path, Path target) {
        try (var content = files(Optional.empty()).read(path)) {
            Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ClientException(Category.INTERNAL, "could not write " + target + ": " + e.getMessage(), e);
        }
    }

    private int follow(DataInputStream body, ProcessOutput output) throws IOException {
        var exit = -1;
        while (true) {
            var flags = body.readUnsignedByte();
            var message = json.readTree(readMessage(body));
            if ((flags & END_OF_STREAM) != 0) {
                requireEnd(body);
                var error = message.path("error");
                if (!error.isMissingNode()) {
                    throw new ClientException(Category.INTERNAL, error.path("message").asString("the command could not be run"));
                }
                return exit;
            }
            var event = message.path("event");
            if (event.has("start")) {
                output.started(event.path("start").path("pid").asInt());
            } else if (event.has("data")) {
                hand(event.path("data"), output);
            } else if (event.has("end")) {
                exit = exitCode(event.path("end"));
            }
        }
    }

    /** A body that is left before its end is seen may take its connection along, into which the next request is being written. */
    private static void requireEnd(DataInputStream body) throws IOException {
        if (body.read() >= 0) {
            throw new IOException("something follows the end of the stream");
        }
    }

    private static byte[] readMessage(DataInputStream body) throws IOException {
        var length = body.readInt();
        if (length < 0 || length > LARGEST_MESSAGE) {
            throw new IOException("a message of " + Integer.toUnsignedString(length) + " bytes");
        }
        return body.readNBytes(length);
    }

    private static void hand(JsonNode data, ProcessOutput output) {
        if (data.has("stderr")) {
            output.stderr(Base64.getDecoder().decode(data.path("stderr").asString()));
        } else {
            var kind = data.has("pty") ? "pty" : "stdout";
            output.stdout(Base64.getDecoder().decode(data.path(kind).asString("")));
        }
    }

    /** {@code contract/envd.md} §2.3: a signalled process has code -1 and its signal in words. */
    private static int exitCode(JsonNode end) {
        var code = end.path("exitCode").asInt(0);
        if (code >= 0) {
            return code;
        }
        return switch (end.path("status").asString("")) {
            case "signal: killed" -> 128 + 9;
            case "signal: terminated" -> 128 + 15;
            case "signal: interrupt" -> 128 + 2;
            case "signal: segmentation fault", "signal: segmentation fault (core dumped)" -> 128 + 11;
            case "signal: aborted", "signal: aborted (core dumped)" -> 128 + 6;
            default -> 128;
        };
    }

    private Map<String, Object> message(ProcessStart start) {
        var process = new LinkedHashMap<String, Object>();
        process.put("cmd", start.command().getFirst());
        process.put("args", start.command().subList(1, start.command().size()));
        process.put("envs", start.environment());
        start.folder().ifPresent(folder -> process.put("cwd", folder));
        var message = new LinkedHashMap<String, Object>();
        message.put("process", process);
        message.put("stdin", start.input());
        start.terminal().ifPresent(size -> message.put("pty", pty(size)));
        return message;
    }

    private static Map<String, Object> pty(Terminal.Size size) {
        return Map.of("size", Map.of("cols", size.columns(), "rows", size.rows()));
    }

    private void call(String method, Map<String, ?> message) {
        connection.unary(method, message, Optional.empty());
    }

    private static byte[] envelope(byte[] message) {
        return ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
    }
}
