package dev.caisson.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.CaissonException;
import dev.caisson.base.Category;
import dev.caisson.base.Isolation;
import dev.caisson.base.testing.ManualClock;
import dev.caisson.node.Ingress;
import dev.caisson.node.Lifecycle;
import dev.caisson.node.SandboxInfo;
import dev.caisson.node.testing.FakeNode;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SandboxesTest {
    private static final Team TEAM = new Team("team-a", "A", "a", 3, Duration.ofHours(1));
    private static final Team OTHER = new Team("team-b", "B", "b", 3, Duration.ofHours(1));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final FakeNode node = new FakeNode(clock);
    private final SandboxControl control = SandboxControl.of(
            node, new Templates(node, new TemplateUses(new FakeUses(), clock)), new FakeSnapshotStore(), clock);
    private final Sandboxes sandboxes = control.sandboxes();
    private final PausedSandboxes paused = control.paused();

    @Test
    void theTemplatesTimeoutAppliesWhenNoneIsAskedFor() {
        assertThat(create(TEAM).deadline()).isEqualTo(clock.instant().plusSeconds(300));
    }

    @Test
    void anUnknownTemplateIsNotFoundByItsName() {
        refused(() -> sandboxes.create(TEAM, wish("nope")), Category.NOT_FOUND, "template 'nope' not found");
    }

    @Test
    void anUnknownTagIsNotFound() {
        refused(() -> sandboxes.create(TEAM, wish("base:v9")), Category.NOT_FOUND, "tag 'v9' does not exist for template 'base:v9'");
    }

    @Test
    void theDefaultTagAndTheBuildIdAreTheSameTemplate() {
        assertThat(sandboxes.create(TEAM, wish("base:default")).templateId()).isEqualTo(FakeNode.BASE.templateId());
        assertThat(sandboxes.create(TEAM, wish(" BASE:" + FakeNode.BASE.buildId())).templateId()).isEqualTo(FakeNode.BASE.templateId());
    }

    @Test
    void aMalformedReferenceIsInvalid() {
        refused(() -> sandboxes.create(TEAM, wish("../etc")), Category.INVALID, "Invalid template reference");
    }

    @Test
    void zeroAndTooLongTimeoutsAreInvalid() {
        refused(() -> sandboxes.create(TEAM, wish(Duration.ZERO)), Category.INVALID, "Timeout must be greater than 0");
        refused(() -> sandboxes.create(TEAM, wish(Duration.ofHours(2))), Category.INVALID, "Timeout cannot be greater than 1 hours");
    }

    @Test
    void isolationThatIsNotThereIsRefusedAndNothingIsMade() {
        sandboxes.create(TEAM, wish(Isolation.GVISOR));
        refused(() -> sandboxes.create(TEAM, wish(Isolation.MICROVM)), Category.INVALID,
                "isolated by 'microvm' at least, and this server's are by 'gvisor'");
        assertThat(node.list()).hasSize(1);
    }

    @Test
    void theQuotaHoldsAndIsFreedByAKill() {
        var first = create(TEAM);
        create(TEAM);
        create(TEAM);
        refused(() -> create(TEAM), Category.EXHAUSTED, "maximum number of concurrent E2B sandboxes (3)");
        create(OTHER);
        sandboxes.kill(TEAM, first.id().value());
        create(TEAM);
    }

    @Test
    void aFailedCreateFreesItsPlace() {
        for (var i = 0; i < 5; i++) {
            refused(() -> sandboxes.create(TEAM, wish("nope")), Category.NOT_FOUND, "nope");
        }
        create(TEAM);
    }

    @Test
    void anotherTeamsSandboxDoesNotExist() {
        var id = create(TEAM).id().value();
        refused(() -> sandboxes.get(OTHER, id), Category.NOT_FOUND, "doesn't exist or you don't have access");
        refused(() -> sandboxes.kill(OTHER, id), Category.NOT_FOUND, "doesn't exist");
        assertThat(sandboxes.get(TEAM, id + "-6532622b").id().value()).isEqualTo(id);
    }

    @Test
    void aSandboxThatIsBeingKilledIsNotFoundCannotBeChangedAndAnotherKillJoins() {
        var sandbox = create(TEAM);
        var id = sandbox.id().value();
        node.beginEnd(sandbox.id());

        refused(() -> sandboxes.get(TEAM, id), Category.NOT_FOUND, "doesn't exist");
        refused(() -> sandboxes.setTimeout(TEAM, id, Duration.ofSeconds(9)), Category.CONFLICT, "is being killed");
        refused(() -> sandboxes.refresh(TEAM, id, Duration.ofSeconds(9)), Category.CONFLICT, "is being killed");
        refused(() -> paused.connect(TEAM, id, Optional.empty(), true), Category.CONFLICT, "is being killed");
        refused(() -> paused.connect(OTHER, id, Optional.empty(), true), Category.NOT_FOUND, "doesn't exist");
        refused(() -> sandboxes.kill(OTHER, id), Category.NOT_FOUND, "doesn't exist");
        sandboxes.kill(TEAM, id);
        refused(() -> sandboxes.kill(TEAM, id), Category.NOT_FOUND, "doesn't exist");
    }

    @Test
    void oddIdsAreInvalidAndUnknownOnesNotFound() {
        refused(() -> sandboxes.get(TEAM, "a-b-c"), Category.INVALID, "Invalid sandbox ID");
        refused(() -> sandboxes.get(TEAM, "UPPER"), Category.INVALID, "Invalid sandbox ID");
        refused(() -> sandboxes.get(TEAM, "nonexistingsandbox"), Category.NOT_FOUND, "Sandbox \"nonexistingsandbox\" doesn't exist");
    }

    @Test
    void connectExtendsAndNeverShortens() {
        var sandbox = create(TEAM);
        var id = sandbox.id().value();
        assertThat(paused.connect(TEAM, id, Optional.of(Duration.ofSeconds(10)), true).sandbox().deadline()).isEqualTo(sandbox.deadline());
        assertThat(paused.connect(TEAM, id, Optional.of(Duration.ofSeconds(600)), true).sandbox().deadline()).isEqualTo(clock.instant().plusSeconds(600));
    }

    @Test
    void connectChecksTheLengthBeforeTheSandbox() {
        refused(
                () -> paused.connect(TEAM, "nonexistingsandbox", Optional.of(Duration.ofHours(9)), true),
                Category.INVALID,
                "Timeout cannot be greater");
    }

    @Test
    void setTimeoutShortensAndIsCappedAtTheLongestRun() {
        var id = create(TEAM).id().value();
        sandboxes.setTimeout(TEAM, id, Duration.ofSeconds(5));
        assertThat(sandboxes.get(TEAM, id).deadline()).isEqualTo(clock.instant().plusSeconds(5));
        sandboxes.setTimeout(TEAM, id, Duration.ofHours(5));
        assertThat(sandboxes.get(TEAM, id).deadline()).isEqualTo(clock.instant().plus(TEAM.maxLength()));
    }

    @Test
    void refreshNeverShortensAndHasAFloor() {
        var id = create(TEAM).id().value();
        sandboxes.setTimeout(TEAM, id, Duration.ofSeconds(5));
        sandboxes.refresh(TEAM, id, Duration.ZERO);
        assertThat(sandboxes.get(TEAM, id).deadline()).isEqualTo(clock.instant().plusSeconds(15));
    }

    @Test
    void pagesCoverEverythingOnceAndTheLastHasNoNext() {
        for (var i = 0; i < 3; i++) {
            create(TEAM);
            clock.advance(Duration.ofSeconds(1));
        }
        for (var ascending : new boolean[] {true, false}) {
            var first = sandboxes.list(TEAM, query(ascending, 2, Optional.empty()));
            var second = sandboxes.list(TEAM, query(ascending, 1, first.next()));
            assertThat(second.next()).isEmpty();
            assertThat(first.total()).isEqualTo(3);
            var all = new java.util.ArrayList<>(first.rows());
            all.addAll(second.rows());
            assertThat(all).extracting(SandboxInfo::id).doesNotHaveDuplicates().hasSize(3);
            var starts = all.stream().map(SandboxInfo::started).toList();
            assertThat(starts).isSortedAccordingTo(ascending ? java.util.Comparator.naturalOrder() : java.util.Comparator.reverseOrder());
        }
    }

    private SandboxInfo create(Team team) {
        return sandboxes.create(team, wish("base"));
    }

    private static NewSandbox wish(String template) {
        return new NewSandbox(template, Optional.empty(), true, Optional.empty(), Lifecycle.OnTimeout.KILL, false, Ingress.OPEN, Map.of(), Map.of());
    }

    private static NewSandbox wish(Isolation minimum) {
        return new NewSandbox("base", Optional.empty(), true, Optional.of(minimum), Lifecycle.OnTimeout.KILL, false, Ingress.OPEN, Map.of(), Map.of());
    }

    private static NewSandbox wish(Duration timeout) {
        return new NewSandbox("base", Optional.of(timeout), true, Optional.empty(), Lifecycle.OnTimeout.KILL, false, Ingress.OPEN, Map.of(), Map.of());
    }

    private static SandboxQuery query(boolean ascending, int limit, Optional<PagePosition> after) {
        return new SandboxQuery(
                Map.of(), EnumSet.allOf(SandboxInfo.State.class), ascending, Optional.empty(), Optional.empty(), limit, after);
    }

    private static void refused(ThrowingCallable call, Category category, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(CaissonException.class, e -> assertThat(e.category()).isEqualTo(category))
                .hasMessageContaining(text);
    }
}
