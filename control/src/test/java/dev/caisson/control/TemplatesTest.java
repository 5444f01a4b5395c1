package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.control.store.SqlTemplateUseStore;
import dev.caisson.control.store.SqliteDatabase;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.testing.FakeNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {
    private static final Team TEAM = new Team("team-a", "A", "a", 3, Duration.ofHours(1));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final FakeNode node = new FakeNode(clock);
    private final Templates templates = new Templates(node, new TemplateUses(new FakeUses(), clock));

    @ParameterizedTest
    @ValueSource(strings = {"base", " BASE ", "base:default", "basetemplate00000000", "base:11111111-2222-3333-4444-555555555555"})
    void aTemplateIsFoundByNameIdAndTag(String reference) {
        assertThat(templates.find(reference).id()).isEqualTo(FakeNode.BASE.templateId());
    }

    @Test
    void getTakesTheIdOnly() {
        assertThat(templates.get(FakeNode.BASE.templateId()).newest()).isEqualTo(FakeNode.BASE);
        assertThatThrownBy(() -> templates.get("base")).hasMessage("Template base not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "base:v1", "basetemplate00000000"})
    void nobodyMayChangeAPublicTemplate(String reference) {
        assertThatThrownBy(() -> templates.refuseChange(reference))
                .isInstanceOfSatisfying(ControlException.class, e -> assertThat(e.category()).isEqualTo(Category.DENIED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "a/base"})
    void whatIsNotThereCannotBeChanged(String reference) {
        assertThatThrownBy(() -> templates.refuseChange(reference))
                .isInstanceOfSatisfying(ControlException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_FOUND));
    }

    @Test
    void usesAreCountedAndKept(@TempDir Path folder) {
        try (var database = SqliteDatabase.open(folder.resolve("control.db"))) {
            var store = new SqlTemplateUseStore(database);
            var counting = new Templates(node, new TemplateUses(store, clock));
            var sandboxes = SandboxControl.of(node, counting, new FakeSnapshotStore(), clock).sandboxes();
            sandboxes.create(TEAM, new NewSandbox(
                    "base", Optional.empty(), false, Optional.empty(), Lifecycle.OnTimeout.KILL, false, Ingress.OPEN, Map.of(), Map.of()));
            clock.advance(Duration.ofSeconds(5));
            sandboxes.create(TEAM, new NewSandbox(
                    "base", Optional.empty(), false, Optional.empty(), Lifecycle.OnTimeout.KILL, false, Ingress.OPEN, Map.of(), Map.of()));
            var expected = new TemplateUse(2, Optional.of(clock.instant()));
            assertThat(counting.find("base").use()).isEqualTo(expected);
            await().untilAsserted(() -> assertThat(store.load()).containsEntry(FakeNode.BASE.templateId(), expected));
            assertThat(new Templates(node, new TemplateUses(store, clock)).find("base").use()).isEqualTo(expected);
        }
    }
}
