package dev.caisson.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What an installation keeps of sandboxes on the disk: journals, disks, memory. */
final class SavedFiles {
    private SavedFiles() {}

    /** The files, each by its path below the installation's folder; those of sandboxes that run are among them. */
    static List<String> of(Caisson caisson) {
        return Stream.of("sandboxes", "snapshots", "frozen").flatMap(folder -> files(caisson.data(), folder).stream()).sorted().toList();
    }

    /** Waits until there are none: unused ones are collected a moment after their last user has gone. */
    static void awaitNone(Caisson caisson) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(of(caisson)).as("saved states that nobody needs").isEmpty());
    }

    private static List<String> files(Path data, String folder) {
        if (!Files.exists(data.resolve(folder))) {
            return List.of();
        }
        try (var files = Files.walk(data.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> data.relativize(file).toString())
                    .filter(file -> !file.endsWith("/.lock"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
