package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import java.util.Optional;
import java.util.regex.Pattern;

/** A sandbox's id as clients have it: {@code ID} or {@code ID-CLIENT}. */
final class ClientId {
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9]+");

    private ClientId() {}

    /**
     * The id without what clients put behind it.
     *
     * @throws ControlException {@code INVALID} if it cannot be an id anywhere
     */
    static String plain(String text) {
        var parts = text.split("-", -1);
        if (parts.length > 2 || !PLAIN.matcher(parts[0]).matches()) {
            throw new ControlException(Category.INVALID, "Invalid sandbox ID");
        }
        return parts[0];
    }

    /**
     * The id; empty where no sandbox here can have it.
     *
     * @throws ControlException {@code INVALID} if it cannot be an id anywhere
     */
    static Optional<SandboxId> parse(String text) {
        return SandboxId.parse(plain(text));
    }
}
