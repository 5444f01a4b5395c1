package dev.caisson.host;

import static dev.caisson.host.Waiting.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caisson.base.Category;
import dev.caisson.base.SandboxId;
import dev.caisson.engine.EngineException;
import dev.caisson.host.journal.Journal;
import dev.caisson.host.journal.MachineName;
import dev.caisson.host.journal.SandboxFolder;
import dev.caisson.host.journal.SandboxFolder.Reading;
import dev.caisson.node.EndCause;
import dev.caisson.node.EndRecord;
import dev.caisson.node.NodeException;
import dev.caisson.node.Pause;
import dev.caisson.node.PauseRequest;
import dev.caisson.node.ResumeRequest;
import dev.caisson.node.SandboxInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PausedRecoveryTest {
    private static final ResumeRequest RESUME = new ResumeRequest(FakeMachine.LIFE);
    private static final Pause MEMORY = new Pause(Pause.Saved.MEMORY, true);
    private static final Pause FILES = new Pause(Pause.Saved.FILES, true);

    private FakeMachine machine;
    private Host host;

    @BeforeEach
    void open(@TempDir Path data) {
        machine = new FakeMachine(data);
        host = machine.open();
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private SandboxInfo paused(String state) {
        var id = host.create(FakeMachine.request()).id();
        box(id).state(state);
        return host.pause(id, PauseRequest.USUAL);
    }

    private FakeEngine.Box box(SandboxId id) {
        return machine.engine.box(MachineName.of(id)).orElseThrow();
    }

    private SandboxFolder folder(SandboxId id) {
        return SandboxFolder.of(machine.sandboxes(), id);
    }

    private Journal journal(SandboxId id) {
        return ((Reading.Read) folder(id).read()).journal();
    }

    /** What the last server left is changed before the next one starts. */
    private void rewrite(SandboxId id, UnaryOperator<Journal> change) {
        host.close();
        folder(id).write(change.apply(journal(id)));
    }

    private void assertThatItRests(SandboxId id, Pause pause) {
        assertThat(host.find(id)).get().extracting(SandboxInfo::pause).isEqualTo(pause);
        assertThat(machine.engine.remains()).isEmpty();
        assertThat(machine.slots.used()).isEmpty();
        assertThat(host.repairReport().adopted()).isZero();
        assertThat(host.ended()).isEmpty();
        assertThat(host.status().paused()).isOne();
    }

    @Test
    void aPausedSandboxIsPausedUnderTheNextServer() {
        var paused = paused("one");

        host = machine.restart();

        assertThat(host.list()).containsExactly(paused);
        assertThat(host.repairReport().repaired()).isEmpty();
        assertThatItRests(paused.id(), MEMORY);
        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("one");
    }

    @Test
    void itSurvivesTheMachine() {
        var paused = paused("one");

        host = machine.reboot();

        assertThat(host.list()).containsExactly(paused);
        assertThatItRests(paused.id(), MEMORY);
        var info = host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("one");
        host = machine.restart();
        assertThat(host.list()).as("of this boot now").containsExactly(info);
    }

    @Test
    void itCanBeKilledUnderTheNextServer() {
        var id = paused("one").id();
        host = machine.restart();

        assertThat(host.kill(id, EndCause.REQUEST)).isTrue();

        machine.assertClean();
    }

    @Test
    void pausedSandboxesDoNotCount() {
        machine.config = machine.config.withMostSandboxes(1);
        paused("one");
        host = machine.restart();

        host.create(FakeMachine.request());

        assertThat(host.list()).hasSize(2);
    }

    @Test
    void theSlotOfOneThatWasPausedLongAgoIsSomebodyElsesNow() {
        var paused = paused("one");
        var other = host.create(FakeMachine.request());
        assertThat(journal(paused.id()).slot()).isEqualTo(journal(other.id()).slot());

        host = machine.restart();

        assertThat(machine.slots.used()).containsExactly(journal(other.id()).slot());
        host.kill(paused.id(), EndCause.REQUEST);
        assertThat(machine.slots.used()).containsExactly(journal(other.id()).slot());
        host.agent(other.id()).processes();
    }

    @Test
    void whatItRanAsIsTakenAwayByTheNextServer() {
        var id = host.create(FakeMachine.request()).id();
        box(id).state("one");
        machine.engine.wedge(MachineName.of(id));
        host.pause(id, PauseRequest.USUAL);
        host.close();
        machine.engine.unwedge(MachineName.of(id));

        host = machine.restart();

        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains(id.value()) && line.contains("it is paused"));
        assertThatItRests(id, MEMORY);
        assertThat(machine.engine.released()).containsExactly(MachineName.of(id));
        host.resume(id, RESUME);
        assertThat(box(id).state()).isEqualTo("one");
    }

    @Test
    void oneThatStandsStillGoesOnOnce() {
        var info = host.create(FakeMachine.request());
        host.close();
        box(info.id()).pause();

        host = machine.restart();

        assertThat(host.list()).containsExactly(info);
        assertThat(box(info.id()).isPaused()).isFalse();
        assertThat(box(info.id()).resumes()).isOne();
    }

    @Test
    void whatAnInterruptedSaveLeftIsRemovedAndReported() throws IOException {
        var id = host.create(FakeMachine.request()).id();
        Files.createDirectories(folder(id).memory("memory-1.part"));

        host = machine.restart();

        assertThat(folder(id).memory("memory-1.part")).doesNotExist();
        assertThat(host.repairReport().repaired()).singleElement().asString().contains(id.value(), "memory-1.part", "removed");
        assertThat(host.repairReport().adopted()).isOne();
    }

    @Test
    void aResumeThatHadNotStartedAnythingIsUndone() {
        var paused = paused("one");
        rewrite(paused.id(), journal -> journal.with(new Journal.Phase.Resuming(journal.saved().orElseThrow())));

        host = machine.restart();

        assertThat(host.list()).containsExactly(paused);
        assertThatItRests(paused.id(), MEMORY);
        assertThat(host.repairReport().repaired()).singleElement().asString().contains(paused.id().value(), "paused again");
        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("one");
    }

    @Test
    void ofAResumeThatNobodyKnowsHowFarItCameTheFilesAreKept() {
        var id = paused("one").id();
        var journal = journal(id);
        host.resume(id, RESUME);
        host.close();
        folder(id).write(journal.with(new Journal.Phase.Resuming(journal.saved().orElseThrow())));

        host = machine.restart();

        assertThatItRests(id, FILES);
        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains(id.value()) && line.contains("files only"));
        host.resume(id, RESUME);
        assertThat(box(id).state()).isEqualTo("booted");
    }

    @Test
    void whereTheEngineCannotBeAskedWhetherItRanTheFilesAreKept() {
        var paused = paused("one");
        rewrite(paused.id(), journal -> journal.with(new Journal.Phase.Resuming(journal.saved().orElseThrow())));
        machine.engine.failNextLook(new EngineException(Category.INTERNAL, "its folder cannot be read"));

        host = machine.restart();

        assertThat(host.repairReport().repaired())
                .anyMatch(line -> line.contains(paused.id().value()) && line.contains("its folder cannot be read"));
        assertThatItRests(paused.id(), FILES);
        host.resume(paused.id(), RESUME);
        assertThat(box(paused.id()).state()).isEqualTo("booted");
    }

    @Test
    void oneThatWasRestoredAndCannotBeLookedForIsPausedWithItsFiles() {
        var id = paused("one").id();
        var journal = journal(id);
        host.resume(id, RESUME);
        host.close();
        folder(id).write(journal.with(new Journal.Phase.Restored(journal.saved().orElseThrow(), box(id).handle())));
        machine.engine.failNextLook(new EngineException(Category.INTERNAL, "its folder cannot be read"));

        host = machine.restart();

        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains(id.value()) && line.contains("its folder cannot be read"));
        assertThatItRests(id, FILES);
        assertThat(machine.engine.released()).containsExactly(MachineName.of(id));
    }

    @Test
    void afterAPowerCutInAResumeTheFilesAreKept() {
        var paused = paused("one");
        rewrite(paused.id(), journal -> journal.with(new Journal.Phase.Resuming(journal.saved().orElseThrow())));

        host = machine.reboot();

        assertThatItRests(paused.id(), FILES);
    }

    @Test
    void oneThatWasRestoredAndNotHandedOutIsSavedAsItIsNow() {
        var id = paused("one").id();
        var journal = journal(id);
        host.resume(id, RESUME);
        box(id).state("two");
        host.close();
        folder(id).write(journal.with(new Journal.Phase.Restored(journal.saved().orElseThrow(), box(id).handle())));

        host = machine.restart();

        assertThatItRests(id, MEMORY);
        assertThat(host.repairReport().repaired()).anyMatch(line -> line.contains(id.value()) && line.contains("paused again"));
        host.resume(id, RESUME);
        assertThat(box(id).state()).isEqualTo("two");
    }

    @Test
    void whatAResumeThatFailedLeftRunningIsTakenAwayByTheNextServer() {
        var id = paused("one").id();
        machine.engine.onStart(() -> box(id).failSaves(new EngineException(Category.EXHAUSTED, "the disk is full")));
        machine.engine.wedge(MachineName.of(id));
        machine.guests.silence();
        assertThatThrownBy(() -> host.resume(id, RESUME)).isInstanceOf(NodeException.class);
        assertThat(machine.engine.remains()).containsExactly(MachineName.of(id));
        host.close();
        machine.engine.unwedge(MachineName.of(id));

        host = machine.restart();

        assertThatItRests(id, FILES);
        assertThat(machine.engine.released()).containsExactly(MachineName.of(id));
    }

    @Test
    void whereTheMemoryIsGoneTheFilesAreKept() throws IOException {
        var id = paused("one").id();
        host.close();
        folder(id).retainMemory("");

        host = machine.restart();

        assertThatItRests(id, FILES);
        assertThat(host.repairReport().repaired()).singleElement().asString().contains(id.value(), "memory");
    }

    @Test
    void whereTheDiskIsGoneItEnds() throws IOException {
        var id = paused("one").id();
        host.close();
        Files.delete(folder(id).disk());

        host = machine.restart();

        assertThat(host.list()).isEmpty();
        assertThat(host.ended()).extracting(EndRecord::cause).containsExactly(EndCause.FAILED);
        soon().untilAsserted(machine::assertClean);
    }
}
