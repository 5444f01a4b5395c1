package dev.caisson.control;

import dev.caisson.base.Category;
import dev.caisson.node.Node;
import dev.caisson.node.TemplateInfo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The templates there are. All of them are public and belong to no team: a team's own come with template builds. Safe for
 * use by many threads.
 */
public final class Templates {
    private static final Comparator<TemplateInfo> NEWEST_FIRST = Comparator.comparing(TemplateInfo::created).reversed();
    private final Node node;
    private final TemplateUses uses;

    public Templates(Node node, TemplateUses uses) {
        this.node = node;
        this.uses = uses;
    }

    /** Every template, oldest first. */
    public List<Template> all() {
        return Page.of(grouped(), Template::position, PagePosition.OLDEST_FIRST, Optional.empty(), Integer.MAX_VALUE - 1).rows();
    }

    /** A page of them, newest first. */
    public Page<Template> page(Optional<PagePosition> after, int limit) {
        return Page.of(grouped(), Template::position, PagePosition.NEWEST_FIRST, after, limit);
    }

    /** A page of a template's builds, newest first. */
    public static Page<TemplateInfo> builds(Template template, Optional<PagePosition> after, int limit) {
        return Page.of(
                template.builds(), build -> new PagePosition(build.created(), build.buildId()), PagePosition.NEWEST_FIRST, after, limit);
    }

    /**
     * A template by its id only ({@code contract/rest-api.md} §6.6).
     *
     * @throws ControlException {@code NOT_FOUND}
     */
    public Template get(String id) {
        return withId(id).orElseThrow(() -> new ControlException(Category.NOT_FOUND, "Template " + id + " not found"));
    }

    /**
     * A template as clients name it: {@code [namespace/]alias[:tag]}, an id in the alias's place.
     *
     * @throws ControlException {@code INVALID} for no such form, {@code NOT_FOUND} template or tag
     */
    public Template find(String reference) {
        return get(resolve(reference).templateId());
    }

    /**
     * Refuses to change or delete a template, since those that exist belong to no team; a tag in the reference is ignored.
     *
     * @throws ControlException {@code INVALID} for no such form, {@code NOT_FOUND}, and {@code DENIED} for all others
     */
    public void refuseChange(String reference) {
        var parsed = TemplateReference.parse(reference);
        var found = unqualified(parsed).orElseThrow(() -> notFound(reference));
        throw new ControlException(
                Category.DENIED,
                "template '" + found.names().stream().findFirst().orElse(found.templateId())
                        + "' is public and belongs to no team, so that no team may change or delete it");
    }

    /** The build that a new sandbox gets; as {@link #find}. */
    TemplateInfo resolve(String reference) {
        return resolve(reference, TemplateReference.parse(reference));
    }

    TemplateInfo resolve(String reference, TemplateReference parsed) {
        var found = unqualified(parsed).orElseThrow(() -> notFound(reference));
        if (!parsed.tag().equals(TemplateReference.DEFAULT_TAG) && !parsed.tag().equals(found.buildId())) {
            throw new ControlException(
                    Category.NOT_FOUND, "tag '" + parsed.tag() + "' does not exist for template '" + reference + "'");
        }
        return found;
    }

    void noteUse(String templateId) {
        uses.note(templateId);
    }

    private Optional<TemplateInfo> unqualified(TemplateReference reference) {
        return reference.namespace().isPresent() ? Optional.empty() : node.template(reference.alias());
    }

    private Optional<Template> withId(String id) {
        var builds = node.templateBuilds().stream().filter(build -> build.templateId().equals(id)).sorted(NEWEST_FIRST).toList();
        return builds.isEmpty() ? Optional.empty() : Optional.of(new Template(builds, uses.of(id)));
    }

    private List<Template> grouped() {
        return node.templateBuilds().stream()
                .sorted(NEWEST_FIRST)
                .collect(Collectors.groupingBy(TemplateInfo::templateId))
                .entrySet().stream()
                .map(entry -> new Template(entry.getValue(), uses.of(entry.getKey())))
                .toList();
    }

    private static ControlException notFound(String reference) {
        return new ControlException(Category.NOT_FOUND, "template '" + reference + "' not found");
    }
}
