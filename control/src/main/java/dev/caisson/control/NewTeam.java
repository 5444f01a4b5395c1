package dev.caisson.control;

import dev.caisson.base.Category;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An operator's wish for a team.
 *
 * @param name for people, 1 to 100 characters
 * @param slug empty to make one of the name
 * @param maxSandboxes at least 1
 * @param maxLength at least a second
 */
public record NewTeam(String name, Optional<String> slug, int maxSandboxes, Duration maxLength) {
    private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /** @throws ControlException {@code INVALID} */
    public NewTeam {
        Names.require("a team's name", name);
        slug.ifPresent(NewTeam::requireSlug);
        if (maxSandboxes < 1 || maxLength.toSeconds() < 1) {
            throw new ControlException(Category.INVALID, "a team's limits are at least one sandbox and one second");
        }
    }

    /** {@code "Data Science"} becomes {@code data-science}. */
    String effectiveSlug() {
        return slug.orElseGet(() -> {
            var made = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
            return requireSlug(made.substring(0, Math.min(made.length(), 63)));
        });
    }

    private static String requireSlug(String slug) {
        if (!SLUG.matcher(slug).matches()) {
            throw new ControlException(
                    Category.INVALID, "a team's slug is 1 to 63 of a-z, 0-9 and '-', such as 'data-science', not '" + slug + "'");
        }
        return slug;
    }
}
