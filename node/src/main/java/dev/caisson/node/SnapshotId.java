package dev.caisson.node;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names a {@link SnapshotInfo}: a UUID in lower case, the build id of a template made from it. */
public record SnapshotId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    public SnapshotId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a snapshot's id is a UUID in lower case, not '" + value + "'");
        }
    }

    public static SnapshotId random() {
        return new SnapshotId(UUID.randomUUID().toString());
    }

    public static Optional<SnapshotId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new SnapshotId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
