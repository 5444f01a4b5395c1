package dev.caisson.control;

import dev.caisson.node.SnapshotInfo;
import java.util.List;

/**
 * A snapshot as clients see it.
 *
 * @param reference what to make sandboxes from: {@code slug/alias:tag}, or {@code templateID:tag} where it has no name
 * @param names {@code slug/alias}; empty where it has no name
 */
public record NamedSnapshot(String reference, List<String> names, SnapshotInfo contents) {
    public NamedSnapshot {
        names = List.copyOf(names);
    }

    static NamedSnapshot of(Team team, SnapshotTemplate template, SnapshotTemplate.Build build, SnapshotInfo contents) {
        var names = template.alias().map(alias -> team.slug() + "/" + alias).stream().toList();
        return new NamedSnapshot((names.isEmpty() ? template.id() : names.getFirst()) + ":" + build.tag(), names, contents);
    }
}
