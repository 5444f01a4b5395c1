package dev.caisson.guest;

import static dev.caisson.guest.GuestFailures.fails;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.caisson.base.Category;
import dev.caisson.guest.FileEntry.FileType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files on the real agent, compared with what the host sees in the same folder. */
@Timeout(60)
class AgentFilesTest {
    @RegisterExtension
    static final NativeAgent AGENT = new NativeAgent();

    private static final int HUNDRED_MEGABYTES = 100_000_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4000, 65_535, 65_536, 65_537, 131_072, 1_000_000})
    void readsBackWhatItWrote(int size) throws Exception {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);

        var entry = write("file", bytes);

        assertThat(entry.size()).isEqualTo(size);
        assertThat(entry.type()).isEqualTo(FileType.FILE);
        assertThat(Files.readAllBytes(folder.resolve("file"))).isEqualTo(bytes);
        try (var read = AGENT.link().read(AGENT.user(), path("file"), 0, -1)) {
            assertThat(read.entry()).isEqualTo(entry);
            assertThat(read.content().readAllBytes()).isEqualTo(bytes);
            assertThat(read.content().read()).isEqualTo(-1);
        }
    }

    @Test
    void readsMayBeClosedTwiceWhileOthersRun() throws Exception {
        write("a", "first".getBytes(StandardCharsets.UTF_8));
        write("b", "second".getBytes(StandardCharsets.UTF_8));
        var a = AGENT.link().read(AGENT.user(), path("a"), 0, -1);
        assertThat(a.content().readAllBytes()).hasSize(5);
        try (var b = AGENT.link().read(AGENT.user(), path("b"), 0, -1)) {
            a.content().close();
            a.close();
            assertThat(b.content().readAllBytes()).hasSize(6);
        }
    }

    @Test
    void streamsAHundredMegabytesWithoutHoldingThem() throws Exception {
        var before = allocated();
        AGENT.link().write(AGENT.user(), path("large"), Map.of(), new Pattern(HUNDRED_MEGABYTES));
        assertThat(Files.size(folder.resolve("large"))).isEqualTo(HUNDRED_MEGABYTES);
        var written = allocated();
        var check = new PatternCheck();
        try (var read = AGENT.link().read(AGENT.user(), path("large"), 0, -1)) {
            read.content().transferTo(check);
        }
        assertThat(check.position).isEqualTo(HUNDRED_MEGABYTES);
        assertThat(written - before).as("bytes allocated by writing").isLessThan(4_000_000);
        assertThat(allocated() - written).as("bytes allocated by reading").isLessThan(4_000_000);
    }

    @Test
    void readsRanges() throws Exception {
        write("digits", "0123456789".getBytes(StandardCharsets.UTF_8));

        assertThat(text("digits", 3, 4)).isEqualTo("3456");
        assertThat(text("digits", 8, 100)).isEqualTo("89");
        assertThat(text("digits", 10, -1)).isEmpty();
        assertThat(text("digits", 1000, -1)).isEmpty();
        assertThat(text("digits", 2, 0)).isEmpty();
        fails(Category.INVALID, () -> AGENT.link().read("", path("digits"), -1, 1));
    }

    @Test
    void readsFilesThatHaveNoSize() throws Exception {
        try (var read = AGENT.link().read(AGENT.user(), "/proc/self/status", 0, -1)) {
            assertThat(new String(read.content().readAllBytes(), StandardCharsets.UTF_8)).contains("Name:");
        }
    }

    @Test
    void aReadThatIsGivenUpDisturbsNothing() throws Exception {
        write("large", new byte[5_000_000]);
        for (var i = 0; i < 20; i++) {
            try (var read = AGENT.link().read(AGENT.user(), path("large"), 0, -1)) {
                assertThat(read.content().readNBytes(10)).hasSize(10);
            }
        }
        AGENT.link().ping(Duration.ofSeconds(5));
    }

    @Test
    void keepsTheModeOfAFileAndReplacesItsContent() throws Exception {
        write("file", "long content".getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(folder.resolve("file"), PosixFilePermissions.fromString("rwxr-x---"));

        var entry = write("file", "short".getBytes(StandardCharsets.UTF_8));

        assertThat(entry.mode()).isEqualTo(0750);
        assertThat(entry.rawMode()).isEqualTo(0100750);
        assertThat(text("file", 0, -1)).isEqualTo("short");
        assertThat(entry.modified()).isBetween(Instant.now().minus(1, ChronoUnit.MINUTES), Instant.now().plusSeconds(1));
        assertThat(entry.owner()).isEqualTo(AGENT.user());
    }

    @Test
    void makesTheFoldersAboveAFile() throws Exception {
        var entry = write("a/b/c/file", new byte[1]);

        assertThat(entry.path()).isEqualTo(path("a/b/c/file"));
        assertThat(AGENT.link().stat(AGENT.user(), path("a/b")).type()).isEqualTo(FileType.FOLDER);
    }

    @Test
    void replacesMetadata() {
        var link = AGENT.link();
        var content = new byte[3];
        var first = link.write(AGENT.user(), path("m"), Map.of("a", "1", "b", "ü"), new ByteArrayInputStream(content));
        assertThat(first.metadata()).isEqualTo(Map.of("a", "1", "b", "ü"));

        var second = link.write(AGENT.user(), path("m"), Map.of("c", "3"), new ByteArrayInputStream(content));
        assertThat(second.metadata()).isEqualTo(Map.of("c", "3"));
        assertThat(link.stat(AGENT.user(), path("m")).metadata()).isEqualTo(Map.of("c", "3"));
    }

    @Test
    void saysWhyItCannotWrite() throws Exception {
        write("file", new byte[1]);

        assertThat(fails(Category.INVALID, () -> write("", new byte[1])).errno()).isEqualTo(Errno.EISDIR);
        assertThat(fails(Category.INVALID, () -> write("file/below", new byte[1])).errno()).isEqualTo(Errno.ENOTDIR);
        assertThat(fails(Category.INVALID, () -> write("", new byte[300_000])).errno()).isEqualTo(Errno.EISDIR);
        assertThat(fails(Category.INVALID, () -> write("n".repeat(300), new byte[1])).errno()).isEqualTo(Errno.ENAMETOOLONG);
        fails(Category.INVALID, () -> write("p/".repeat(4000), new byte[1]));
        fails(Category.UNAUTHENTICATED, () -> AGENT.link().write("no-such-user", "x", Map.of(), new ByteArrayInputStream(new byte[1])));
        if (Files.exists(Path.of("/dev/full"))) {
            var full = fails(Category.EXHAUSTED,
                    () -> AGENT.link().write(AGENT.user(), "/dev/full", Map.of(), new Pattern(10_000_000)));
            assertThat(full.errno()).isEqualTo(Errno.ENOSPC);
        }
    }

    @Test
    void leavesWhatCameWhenTheContentBreaksOff() throws Exception {
        var broken = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() throws IOException {
                return read(new byte[1], 0, 1);
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("the client went away");
                }
                var count = Math.min(left, length);
                left -= count;
                return count;
            }
        };
        fails(Category.INVALID, () -> AGENT.link().write(AGENT.user(), path("part"), Map.of(), broken));

        assertThat(Files.size(folder.resolve("part"))).isEqualTo(65_536);
        AGENT.link().ping(Duration.ofSeconds(5));
    }

    private FileEntry write(String name, byte[] content) {
        return AGENT.link().write(AGENT.user(), path(name), Map.of(), new ByteArrayInputStream(content));
    }

    private String text(String name, long offset, long length) throws IOException {
        try (var read = AGENT.link().read(AGENT.user(), path(name), offset, length)) {
            return new String(read.content().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String path(String name) {
        return name.isEmpty() ? folder.toString() : folder + "/" + name;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static byte patternAt(long position) {
        return (byte) (position ^ position >> 8 ^ position >> 16);
    }

    /** So many bytes, each of which tells its place. */
    private static final class Pattern extends InputStream {
        private final long size;
        private long position;

        Pattern(long size) {
            this.size = size;
        }

        @Override
        public int read() {
            return position == size ? -1 : patternAt(position++) & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            var count = (int) Math.min(length, size - position);
            for (var i = 0; i < count; i++) {
                into[offset + i] = patternAt(position++);
            }
            return count == 0 && length > 0 ? -1 : count;
        }
    }

    private static final class PatternCheck extends OutputStream {
        private long position;

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            for (var i = 0; i < length; i++) {
                if (from[offset + i] != patternAt(position++)) {
                    throw new AssertionError("wrong byte at " + (position - 1));
                }
            }
        }
    }
}
