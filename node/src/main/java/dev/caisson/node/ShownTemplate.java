package dev.caisson.node;

import java.util.List;

/**
 * What clients are told that a sandbox was made from, where that is a snapshot: how one is called is {@code control}'s affair.
 * Immutable.
 *
 * @param names as {@link TemplateInfo#names}; empty for a snapshot without a name
 */
public record ShownTemplate(String id, List<String> names) {
    public ShownTemplate {
        names = List.copyOf(names);
    }
}
