package dev.caisson.guest;

import dev.caisson.guest.ProcessEvent.Exited;
import dev.caisson.guest.ProcessEvent.Output;
import dev.caisson.guest.ProcessEvent.Source;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Everything a process said until its end. */
record Run(Map<Source, ByteArrayOutputStream> output, Exited exit) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    static Run of(ProcessStream stream) {
        var output = new EnumMap<Source, ByteArrayOutputStream>(Source.class);
        while (true) {
            switch (stream.next(PATIENCE).orElseThrow(() -> new AssertionError("nothing for " + PATIENCE))) {
                case Output(Source source, byte[] data) ->
                    output.computeIfAbsent(source, _ -> new ByteArrayOutputStream()).writeBytes(data);
                case Exited exit -> {
                    return new Run(output, exit);
                }
            }
        }
    }

    byte[] bytes(Source source) {
        return Optional.ofNullable(output.get(source)).map(ByteArrayOutputStream::toByteArray).orElse(new byte[0]);
    }

    String text(Source source) {
        return new String(bytes(source), StandardCharsets.UTF_8);
    }
}
