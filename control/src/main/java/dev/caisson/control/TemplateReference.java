package dev.caisson.control;

import dev.caisson.base.Category;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How clients name a template: {@code [namespace/]alias[:tag]}, trimmed and lower-cased; a template's id stands where the
 * alias does ({@code contract/rest-api.md} §6.1).
 */
record TemplateReference(Optional<String> namespace, String alias, String tag) {
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
                Optional.ofNullable(matcher.group(3)).orElse(DEFAULT_TAG));
    }
}
