package dev.caisson.control;

import java.util.Optional;

/** What new sandboxes are made from, as clients name it: templates, and snapshots of the team. Safe for use by many threads. */
public final class StartPoints {
    private final Templates templates;
    private final SnapshotTemplates snapshots;

    public StartPoints(Templates templates, SnapshotTemplates snapshots) {
        this.templates = templates;
        this.snapshots = snapshots;
    }

    /**
     * The team's own name goes before a public one ({@code contract/rest-api.md} §5.1).
     *
     * @throws ControlException {@code INVALID} reference, {@code NOT_FOUND} template or tag
     */
    StartPoint resolve(Team team, String reference) {
        var parsed = TemplateReference.parse(reference);
        return snapshots.find(team, reference, parsed).orElseGet(() -> {
            var template = templates.resolve(reference, parsed);
            return new StartPoint(template.templateId(), Optional.empty(), template.timeout());
        });
    }

    void noteUse(StartPoint start) {
        if (start.shown().isEmpty()) {
            templates.noteUse(start.start());
        }
    }
}
