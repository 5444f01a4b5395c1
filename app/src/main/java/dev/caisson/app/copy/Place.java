package dev.caisson.app.copy;

import dev.caisson.app.client.ClientException;
import dev.caisson.base.Category;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where files are copied from or to, as people write it: {@code ID:/path}, {@code ./path} or {@code -}. */
public sealed interface Place {
    /** An id as sandboxes have; shorter words before a colon are part of a local name. */
    Pattern IN_SANDBOX = Pattern.compile("([a-z0-9]{10,}):(.*)", Pattern.DOTALL);

    /** On this machine. */
    record Here(Path path, boolean isContents) implements Place {}

    /** Standard input or output. */
    record Standard() implements Place {}

    /** In a sandbox; a relative path begins in the user's home, and so does an empty one. */
    record InSandbox(String id, String path) implements Place {}

    /** @throws ClientException {@code INVALID} for what can be no path */
    static Place parse(String text) {
        if (text.equals("-")) {
            return new Standard();
        }
        var inside = IN_SANDBOX.matcher(text);
        if (inside.matches()) {
            var path = inside.group(2);
            return new InSandbox(inside.group(1), path.isEmpty() ? "." : path);
        }
        try {
            // As cp does it: a final /. means what is in the folder.
            return new Here(Path.of(text), text.endsWith("/.") || text.equals("."));
        } catch (InvalidPathException e) {
            throw new ClientException(Category.INVALID, "'" + text + "' is no file name: " + e.getReason(), e);
        }
    }
}
