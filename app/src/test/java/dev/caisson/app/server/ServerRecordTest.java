package dev.caisson.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caisson.app.tls.TlsSettings;
import dev.caisson.base.Installation;
import dev.caisson.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerRecordTest {
    @TempDir
    private Path folder;

    @Test
    void aServerThatRunsIsFoundByWhatItWrote() {
        var mine = record();
        mine.write(installation());
        assertThat(ServerRecord.find(installation())).contains(mine);
    }

    /** As servers of the version before wrote it. */
    @Test
    void whatOtherVersionsWriteBesidesIsIgnored() throws IOException {
        var mine = record();
        mine.write(installation());
        var file = folder.resolve("run/server.json");
        var text = Files.readString(file);
        assertThat(text).doesNotContain("alive").contains("\"startTime\"");
        Files.writeString(file, text.replaceFirst("\"startTime\"", "\"alive\" : true, \"startTime\""));
        assertThat(ServerRecord.find(installation())).contains(mine);
    }

    private static ServerRecord record() {
        var me = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
        return new ServerRecord(me, "1", "/program", "http://127.0.0.1:1", TlsSettings.NONE, StandbyChoice.AUTO, true, Instant.parse("2026-01-01T00:00:00Z"));
    }

    private Installation installation() {
        try {
            Files.createDirectories(folder.resolve("run"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Installation("caisson", folder, folder.resolve("run"), "10.111");
    }
}
