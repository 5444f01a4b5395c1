package dev.caisson.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Makes lines of bytes that come in pieces, wherever those are cut. Not safe for use by several threads. */
final class Lines {
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private final Consumer<String> each;

    Lines(Consumer<String> each) {
        this.each = each;
    }

    void add(byte[] piece) {
        for (var octet : piece) {
            if (octet == '\n') {
                each.accept(begun.toString(StandardCharsets.UTF_8));
                begun.reset();
            } else {
                begun.write(octet);
            }
        }
    }
}
