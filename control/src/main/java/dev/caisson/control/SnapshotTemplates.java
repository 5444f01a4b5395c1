package dev.caisson.control;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.node.Node;
import dev.caisson.node.NodeException;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.ShownTemplate;
import dev.caisson.node.SnapshotId;
import dev.caisson.node.SnapshotInfo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of sandboxes as templates of their team ({@code contract/rest-api.md} §7.1). What they are called and whose they
 * are stands here, their contents lie on the node: one that has no name here was not finished and is not there for anybody, and
 * one whose contents are gone is not found. Safe for use by many threads.
 */
public final class SnapshotTemplates {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTemplates.class);

    private final Node node;
    private final OwnSandboxes own;
    private final SnapshotShelf shelf;

    public SnapshotTemplates(Node node, SnapshotStore store) {
        this.node = node;
        this.own = new OwnSandboxes(node);
        this.shelf = new SnapshotShelf(store);
    }

    /**
     * Saves a running sandbox, which goes on.
     *
     * @param name {@code [slug/]alias[:tag]}; a name that is there already gets a newer build
     * @param memory whether what runs is saved too
     * @throws CaissonException {@code INVALID} name, {@code NOT_FOUND} also for one that is paused, {@code CONFLICT} if it is in
     *     transition or the name is taken, {@code UNAVAILABLE} no room or no answer
     */
    public NamedSnapshot take(Team team, String sandboxId, Optional<String> name, boolean memory) {
        var wanted = name.map(text -> requireName(team, text));
        var sandbox = own.getEvenEnding(team, sandboxId);
        if (OwnSandboxes.isPaused(sandbox)) {
            throw NodeException.notFound(sandbox.id());
        }
        var contents = contentsOf(sandbox.id(), memory);
        try {
            var build = new SnapshotTemplate.Build(
                    contents.id(), wanted.map(TemplateReference::tagToAssign).orElse(TemplateReference.DEFAULT_TAG), sandbox.id(),
                    contents.taken());
            var change = shelf.add(team, wanted.map(TemplateReference::alias), build);
            change.superseded().ifPresent(this::discard);
            return NamedSnapshot.of(team, change.template(), build, contents);
        } catch (RuntimeException e) {
            discard(contents.id());
            throw e;
        }
    }

    private SnapshotInfo contentsOf(SandboxId sandbox, boolean memory) {
        try {
            return node.snapshots().take(sandbox, memory);
        } catch (NodeException e) {
            throw Capacity.of(e);
        }
    }

    private TemplateReference requireName(Team team, String text) {
        var name = TemplateReference.parse(text);
        name.tagToAssign();
        name.namespace().filter(namespace -> !namespace.equals(team.slug())).ifPresent(other -> {
            throw new ControlException(
                    Category.INVALID, "namespace '" + other + "' must match your team '" + team.slug() + "'");
        });
        var isId = node.template(name.alias()).filter(template -> template.templateId().equals(name.alias())).isPresent();
        if (isId || shelf.withId(name.alias()).isPresent()) {
            throw new ControlException(Category.CONFLICT, "Alias '" + name.alias() + "' is already used");
        }
        return name;
    }

    /** A page of a team's snapshots, one row for each template. */
    public Page<NamedSnapshot> list(Team team, SnapshotQuery query) {
        var name = query.name().map(TemplateReference::parse);
        var source = query.source().map(ClientId::parse);
        if (source.filter(Optional::isEmpty).isPresent()) {
            return new Page<>(List.of(), Optional.empty(), 0);
        }
        var rows = (name.isPresent() ? shelf.named(team, name.get()).stream() : shelf.ofTeam(team))
                .flatMap(template -> row(team, template, name.flatMap(TemplateReference::statedTag), source.flatMap(found -> found)))
                .toList();
        return Page.of(
                rows, row -> new PagePosition(row.contents().taken(), row.contents().id().value()), PagePosition.NEWEST_FIRST,
                query.after(), query.limit());
    }

    private Stream<NamedSnapshot> row(Team team, SnapshotTemplate template, Optional<String> tag, Optional<SandboxId> source) {
        return template.builds().stream()
                .filter(build -> tag.map(build.tag()::equals).orElse(true) && source.map(build.source()::equals).orElse(true))
                .flatMap(build -> node.snapshots().find(build.id()).map(contents -> NamedSnapshot.of(team, template, build, contents)).stream())
                .limit(1);
    }

    /** What a new sandbox of the team is made from, if the reference means a snapshot. */
    Optional<StartPoint> find(Team team, String text, TemplateReference reference) {
        return shelf.named(team, reference).map(template -> start(template, text, reference.tag()));
    }

    private StartPoint start(SnapshotTemplate template, String text, String tag) {
        var build = template.builds().stream()
                .filter(candidate -> candidate.tag().equals(tag) || candidate.id().value().equals(tag))
                .findFirst()
                .orElseThrow(() -> new ControlException(
                        Category.NOT_FOUND, "tag '" + tag + "' does not exist for template '" + text + "'"));
        if (node.snapshots().find(build.id()).isEmpty()) {
            throw new ControlException(Category.NOT_FOUND, "template '" + text + "' not found");
        }
        var shown = new ShownTemplate(template.id(), template.alias().stream().toList());
        return new StartPoint(build.id().value(), Optional.of(shown), RunLength.USUAL);
    }

    /**
     * Deletes the template of a snapshot with all its builds, whatever the tag says.
     *
     * @return false if the reference means no snapshot that there is
     * @throws ControlException {@code INVALID} reference, or sandboxes use it; {@code DENIED} another team's
     */
    public boolean delete(Team team, String text) {
        var reference = TemplateReference.parse(text);
        var template = shelf.named(team, reference);
        if (template.isEmpty()) {
            shelf.withId(reference.alias()).filter(other -> reference.namespace().isEmpty()).ifPresent(other -> {
                throw new ControlException(Category.DENIED, "template '" + text + "' belongs to another team");
            });
            return false;
        }
        requireUnused(template.get());
        shelf.remove(template.get());
        template.get().builds().forEach(build -> discard(build.id()));
        return true;
    }

    private void requireUnused(SnapshotTemplate template) {
        var users = node.list().stream().filter(sandbox -> sandbox.templateId().equals(template.id())).toList();
        if (!users.isEmpty()) {
            var state = users.stream().anyMatch(OwnSandboxes::runs) ? SandboxInfo.State.RUNNING : SandboxInfo.State.PAUSED;
            throw new ControlException(
                    Category.INVALID,
                    "cannot delete template '" + template.id() + "' because there are "
                            + (state == SandboxInfo.State.RUNNING ? "running" : "paused") + " sandboxes using it");
        }
    }

    /**
     * Brings names and contents together again after a server that died between the two: contents that have no name are
     * deleted, if their team is one of {@code teams}. To be called before anybody can take a snapshot.
     *
     * @return what was done, for people
     */
    public List<String> repair(List<Team> teams) {
        List<SnapshotInfo> present;
        try {
            present = node.snapshots().list();
        } catch (NodeException e) {
            if (e.category() == Category.UNSUPPORTED) {
                return List.of();
            }
            throw e;
        }
        var named = shelf.builds();
        return present.stream()
                .filter(contents -> !named.contains(contents.id()) && teams.stream().anyMatch(team -> team.id().equals(contents.owner())))
                .filter(contents -> discard(contents.id()))
                .map(contents -> "deleted snapshot " + contents.id() + " of sandbox " + contents.source() + ": it was not finished")
                .toList();
    }

    /** What cannot be deleted now has no name any more, so the next server's repair finds it. */
    private boolean discard(SnapshotId id) {
        try {
            return node.snapshots().delete(id);
        } catch (NodeException e) {
            LOG.warn("could not delete the contents of snapshot {}: {}", id, e.getMessage());
            return false;
        }
    }
}
