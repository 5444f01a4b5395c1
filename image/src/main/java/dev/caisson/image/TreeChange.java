package dev.caisson.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An entry that differs between two trees. One that is something else now, a folder that was a file, has {@code CHANGED}.
 *
 * @param path relative to the trees' roots; its bytes are those that the tree has, UTF-8 or not
 */
public record TreeChange(Kind kind, Path path) {
    /** What happened to it. */
    public enum Kind { ADDED, CHANGED, REMOVED }

    /** The path as an absolute one and as text: bytes that are not UTF-8 become U+FFFD, whatever this process's locale. */
    public String text() {
        var bytes = new ByteArrayOutputStream();
        for (var name : path) {
            bytes.write('/');
            bytes.writeBytes(bytesOf(name));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Only a path's URI shows its bytes. Below {@code /dev/null} there is nothing, so nothing is looked up on the disk. */
    private static byte[] bytesOf(Path name) {
        var uri = Path.of("/dev/null").resolve(name).toUri().getRawPath().substring("/dev/null/".length());
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
