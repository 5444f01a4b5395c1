package dev.caisson.control;

import dev.caisson.node.SnapshotId;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The snapshot templates there are; answers from memory, and changes are written down first. Safe for use by many threads. */
final class SnapshotShelf {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 20;

    private final Map<String, SnapshotTemplate> byId = new ConcurrentHashMap<>();
    private final Map<Name, String> byName = new ConcurrentHashMap<>();
    private final ReentrantLock changing = new ReentrantLock();
    private final RandomGenerator random = new SecureRandom();
    private final SnapshotStore store;

    SnapshotShelf(SnapshotStore store) {
        this.store = store;
        store.load().forEach(this::remember);
    }

    private record Name(String teamId, String alias) {}

    /** A template as it is now, and the build that lost its tag to the new one. */
    record Change(SnapshotTemplate template, Optional<SnapshotId> superseded) {}

    /** Adds a build to the team's template with this alias, or makes a new one. */
    Change add(Team team, Optional<String> alias, SnapshotTemplate.Build build) {
        changing.lock();
        try {
            var before = alias.flatMap(name -> withName(team, name));
            var after = before.map(template -> template.with(build))
                    .orElseGet(() -> new SnapshotTemplate(newId(), team.id(), alias, List.of(build)));
            store.put(after);
            remember(after);
            return new Change(after, before.flatMap(template -> template.builds().stream()
                    .filter(older -> older.tag().equals(build.tag()))
                    .map(SnapshotTemplate.Build::id)
                    .findFirst()));
        } finally {
            changing.unlock();
        }
    }

    void remove(SnapshotTemplate template) {
        changing.lock();
        try {
            store.delete(template.id());
            byId.remove(template.id());
            template.alias().ifPresent(alias -> byName.remove(new Name(template.teamId(), alias)));
        } finally {
            changing.unlock();
        }
    }

    Optional<SnapshotTemplate> withId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The team's own that a reference means: by its alias, or by its id where no namespace is named. */
    Optional<SnapshotTemplate> named(Team team, TemplateReference reference) {
        if (reference.namespace().filter(namespace -> !namespace.equals(team.slug())).isPresent()) {
            return Optional.empty();
        }
        return withName(team, reference.alias()).or(() -> withId(reference.alias())
                .filter(template -> reference.namespace().isEmpty() && template.teamId().equals(team.id())));
    }

    Stream<SnapshotTemplate> ofTeam(Team team) {
        return byId.values().stream().filter(template -> template.teamId().equals(team.id()));
    }

    /** Every build of every team. */
    Set<SnapshotId> builds() {
        return byId.values().stream().flatMap(template -> template.builds().stream()).map(SnapshotTemplate.Build::id)
                .collect(Collectors.toSet());
    }

    private Optional<SnapshotTemplate> withName(Team team, String alias) {
        return Optional.ofNullable(byName.get(new Name(team.id(), alias))).map(byId::get);
    }

    private void remember(SnapshotTemplate template) {
        byId.put(template.id(), template);
        template.alias().ifPresent(alias -> byName.put(new Name(template.teamId(), alias), template.id()));
    }

    private String newId() {
        return random.ints(ID_LENGTH, 0, ALPHABET.length())
                .mapToObj(ALPHABET::charAt)
                .map(String::valueOf)
                .collect(Collectors.joining());
    }
}
