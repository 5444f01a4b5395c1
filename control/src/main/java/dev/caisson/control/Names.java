package dev.caisson.control;

import dev.caisson.base.Category;

/** Names that people give to things. */
final class Names {
    private static final int LONGEST = 100;

    private Names() {}

    /** @throws ControlException {@code INVALID} unless it has 1 to 100 characters, none of them a control character */
    static void require(String what, String name) {
        if (name.isBlank() || name.length() > LONGEST || name.chars().anyMatch(Character::isISOControl)) {
            throw new ControlException(Category.INVALID, what + " has 1 to " + LONGEST + " characters and no control characters");
        }
    }
}
