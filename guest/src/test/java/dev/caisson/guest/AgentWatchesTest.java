package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.base.Category;
import dev.caisson.guest.WatchEvent.Kind;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Watches on the real agent; the counts are those of {@code contract/envd.md} §5.4. */
@Timeout(60)
class AgentWatchesTest {
    @RegisterExtension
    static final NativeAgent AGENT = new NativeAgent();

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void aNewSmallFileIsCreatedOwnedAndWritten() {
        var watcher = AGENT.link().createWatcher(request(false, false));

        upload("new", 10);

        assertThat(drain(watcher)).containsExactly("CREATE new", "CHMOD new", "WRITE new");
        AGENT.link().removeWatcher(watcher);
    }

    @Test
    void anEmptyNewFileIsNotWritten() {
        var watcher = AGENT.link().createWatcher(request(false, false));

        upload("empty", 0);

        assertThat(drain(watcher)).containsExactly("CREATE empty", "CHMOD empty");
        AGENT.link().removeWatcher(watcher);
    }

    @Test
    void anExistingFileIsOwnedTruncatedAndWritten() {
        upload("old", 10);
        try (var watch = AGENT.link().watch(request(false, false))) {
            upload("old", 10);

            assertThat(take(watch, 2)).startsWith("CHMOD old", "WRITE old");
        }
    }

    @Test
    void eventsReachALiveWatchInOrder() throws Exception {
        try (var watch = AGENT.link().watch(request(false, false))) {
            Files.createFile(folder.resolve("a"));
            Files.move(folder.resolve("a"), folder.resolve("b"));
            Files.delete(folder.resolve("b"));

            assertThat(take(watch, 4)).containsExactly("CREATE a", "RENAME a", "CREATE b", "REMOVE b");
            assertThat(watch.next(Duration.ofMillis(20))).isEmpty();
        }
    }

    @Test
    void entriesComeWithWhatStillExists() throws Exception {
        try (var watch = AGENT.link().watch(request(false, true))) {
            Files.createDirectory(folder.resolve("made"));

            var event = watch.next(PATIENCE).orElseThrow();
            assertThat(event.entry()).hasValueSatisfying(entry -> assertThat(entry.path()).isEqualTo(folder + "/made"));
            Files.delete(folder.resolve("made"));
            assertThat(watch.next(PATIENCE).orElseThrow().entry()).isEmpty();
        }
    }

    @Test
    void recursiveWatchesFollowFoldersMadeLater() throws Exception {
        Files.createDirectory(folder.resolve("before"));
        try (var watch = AGENT.link().watch(request(true, false))) {
            Files.createFile(folder.resolve("before/one"));
            assertThat(take(watch, 1)).containsExactly("CREATE before/one");
            Files.createDirectory(folder.resolve("later"));
            assertThat(take(watch, 1)).containsExactly("CREATE later");
            // The folder is watched once its own event was dealt with, which the guest may do after it was sent.
            await().atMost(PATIENCE).untilAsserted(() -> {
                Files.deleteIfExists(folder.resolve("later/two"));
                Files.createFile(folder.resolve("later/two"));
                assertThat(watch.next(Duration.ofMillis(100)).map(WatchEvent::name)).contains("later/two");
            });
        }
    }

    @Test
    void theEndOfTheFolderItselfIsNamedDot() throws Exception {
        var gone = Files.createDirectory(folder.resolve("gone"));
        try (var watch = AGENT.link().watch(new WatchRequest(AGENT.user(), gone.toString(), false, false, false))) {
            Files.delete(gone);

            assertThat(take(watch, 1)).containsExactly("REMOVE .");
        }
    }

    @Test
    void watchersOutliveTheirConnectionAndForgetWhatWasFetched() throws Exception {
        String watcher;
        try (var other = AGENT.connect()) {
            watcher = other.createWatcher(request(false, false));
        }
        Files.createFile(folder.resolve("x"));

        assertThat(drain(watcher)).containsExactly("CREATE x");
        assertThat(drain(watcher)).isEmpty();
        AGENT.link().removeWatcher(watcher);
        fails(Category.NOT_FOUND, () -> AGENT.link().watcherEvents(watcher));
        fails(Category.NOT_FOUND, () -> AGENT.link().removeWatcher(watcher));
    }

    @Test
    void refusesWhatIsNoFolder() throws Exception {
        Files.createFile(folder.resolve("file"));

        var file = new WatchRequest(AGENT.user(), folder + "/file", false, false, false);
        assertThat(fails(Category.INVALID, () -> AGENT.link().watch(file)).errno()).isEqualTo(Errno.ENOTDIR);
        var missing = new WatchRequest(AGENT.user(), folder + "/missing", false, false, false);
        fails(Category.NOT_FOUND, () -> AGENT.link().watch(missing));
        fails(Category.NOT_FOUND, () -> AGENT.link().createWatcher(missing));
    }

    private WatchRequest request(boolean recursive, boolean entries) {
        return new WatchRequest(AGENT.user(), folder.toString(), recursive, entries, false);
    }

    private void upload(String name, int size) {
        AGENT.link().write(AGENT.user(), folder + "/" + name, Map.of(), new ByteArrayInputStream(new byte[size]));
    }

    private static List<String> drain(String watcher) {
        return AGENT.link().watcherEvents(watcher).stream().map(AgentWatchesTest::shown).toList();
    }

    private static List<String> take(Watch watch, int count) {
        var events = new ArrayList<String>();
        while (events.size() < count) {
            events.add(shown(watch.next(PATIENCE).orElseThrow()));
        }
        return events;
    }

    private static String shown(WatchEvent event) {
        assertThat(event.kind()).isNotEqualTo(Kind.OVERFLOW);
        return event.kind() + " " + event.name();
    }
}
