package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.node.SnapshotId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How clients name a template: {@code [namespace/]alias[:tag]}, trimmed and lower-cased; a template's id stands where the
 * alias does ({@code contract/rest-api.md} §6.1).
 */
record TemplateReference(Optional<String> namespace, String alias, Optional<String> statedTag) {
    static final String DEFAULT_TAG = "default";
    private static final Pattern FORM = Pattern.compile("(?:([a-z0-9_-]+)/)?([a-z0-9_-]+)(?::([a-z0-9_.-]+))?");

    /** @throws ControlException {@code INVALID} */
    static TemplateReference parse(String text) {
        var matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new ControlException(
                    Category.INVALID,
                    "Invalid template reference: '" + text + "'; expected a name such as 'base', 'team/name' or 'name:tag'");
        }
        return new TemplateReference(
                Optional.ofNullable(matcher.group(1)),
                matcher.group(2),
                Optional.ofNullable(matcher.group(3)));
    }

    String tag() {
        return statedTag.orElse(DEFAULT_TAG);
    }

    /**
     * The tag as one that is to be given to a build.
     *
     * @throws ControlException {@code INVALID} if a lookup would take it for a build's id
     */
    String tagToAssign() {
        if (SnapshotId.parse(tag()).isPresent()) {
            throw new ControlException(Category.INVALID, "Invalid tag: '" + tag() + "' has the form of a build's id");
        }
        return tag();
    }
}
