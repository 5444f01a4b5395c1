package dev.caisson.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=XyZ";

    record Read(String name, String filename, ByteBuffer bytes) {
        byte[] content() {
            var content = new byte[bytes.remaining()];
            bytes.duplicate().get(content);
            return content;
        }
    }

    private static List<Read> read(InputStream body) throws IOException {
        var multipart = Multipart.of(TYPE, body);
        var parts = new ArrayList<Read>();
        for (var part = multipart.next(); part.isPresent(); part = multipart.next()) {
            parts.add(new Read(part.get().name(), part.get().filename().orElse("(none)"), ByteBuffer.wrap(part.get().content().readAllBytes())));
        }
        assertThat(multipart.next()).isEmpty();
        return parts;
    }

    private static List<Read> read(String body) throws IOException {
        return read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String part(String disposition, String content) {
        return "--XyZ\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
    }

    private static String text(Read part) {
        return new String(part.content(), StandardCharsets.UTF_8);
    }

    @Test
    void filesAndPlainFieldsComeInOrder() throws IOException {
        var parts = read(part("name=\"file\"; filename=\"/home/user/ä b.txt\"", "one\r\ntwo") + part("name=file", "") + "--XyZ--\r\n");
        assertThat(parts).hasSize(2);
        assertThat(parts.get(0).name()).isEqualTo("file");
        assertThat(parts.get(0).filename()).isEqualTo("/home/user/ä b.txt");
        assertThat(text(parts.get(0))).isEqualTo("one\r\ntwo");
        assertThat(parts.get(1).name()).isEqualTo("file");
        assertThat(parts.get(1).filename()).isEqualTo("(none)");
        assertThat(parts.get(1).content()).isEmpty();
    }

    @Test
    void quotesAndBackslashesInFileNamesAreUnescaped() throws IOException {
        assertThat(read(part("name=\"file\"; filename=\"a\\\"b\\\\c;d=e\"", "x") + "--XyZ--").getFirst().filename())
                .isEqualTo("a\"b\\c;d=e");
        assertThat(read(part("filename=\"C:\\dir\"; name=\"file\"", "x") + "--XyZ--").getFirst().filename()).isEqualTo("C:\\dir");
        assertThat(read(part("name=\"file\"; filename=\"x\"; filename*=UTF-8''%e2%82%ac", "x") + "--XyZ--").getFirst().filename())
                .isEqualTo("€");
    }

    @Test
    void whatOnlyLooksLikeABoundaryIsContent() throws IOException {
        var content = "\r\n--Xy\r\n-\r\r\n--XyY\r\n--\r\nXyZ\r--XyZ\n--XyZ";
        assertThat(text(read(part("name=a", content) + "--XyZ--").getFirst())).isEqualTo(content);
    }

    @Test
    void preambleEpilogueAndPaddingAreIgnored() throws IOException {
        var parts = read("This is MIME.\r\n" + "--XyZ \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XyZ--\r\nbye");
        assertThat(parts).hasSize(1);
        assertThat(text(parts.getFirst())).isEqualTo("1");
    }

    @Test
    void aPartMayLackHeadersOrABody() throws IOException {
        var parts = read("--XyZ\r\n\r\nbare\r\n--XyZ\r\nContent-Disposition: form-data; name=b\r\n\r\n--XyZ--");
        assertThat(parts).hasSize(2);
        assertThat(parts.get(0).name()).isEmpty();
        assertThat(text(parts.get(0))).isEqualTo("bare");
        assertThat(parts.get(1).name()).isEqualTo("b");
        assertThat(parts.get(1).content()).isEmpty();
    }

    @Test
    void partsThatNobodyReadsAreSkipped() throws IOException {
        var body = part("name=a", "x".repeat(100_000)) + part("name=b", "y") + "--XyZ--";
        var multipart = Multipart.of(TYPE, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        assertThat(multipart.next()).isPresent();
        assertThat(multipart.next().orElseThrow().name()).isEqualTo("b");
        assertThat(multipart.next()).isEmpty();
    }

    @Test
    void noPartsAtAllIsFine() throws IOException {
        assertThat(read("--XyZ--\r\n")).isEmpty();
    }

    @Test
    void aBodyCutAnywhereIsAFailure() {
        var body = part("name=a", "12\r\n34") + "--XyZ--";
        for (int length = 0; length < body.length(); length++) {
            var cut = body.substring(0, length);
            assertThatThrownBy(() -> read(cut)).as("cut at %d", length).isInstanceOf(HttpException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--XyZ\r\nno colon\r\n\r\nx\r\n--XyZ--", "--XyZjunk\r\n\r\nx\r\n--XyZ--", "--XyZ\r\n: x\r\n\r\n\r\n--XyZ--"})
    void brokenPartsAreFailures(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(HttpException.class);
    }

    @Test
    void headersWithoutEndAreNotCollectedForever() {
        assertThatThrownBy(() -> read("--XyZ\r\nA: " + "a".repeat(20_000))).hasMessageContaining("too long");
        assertThatThrownBy(() -> read("--XyZ\r\n" + "A: b\r\n".repeat(20_000))).hasMessageContaining("too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/plain; boundary=x", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"})
    void aContentTypeWithoutProperBoundaryIsRefused(String contentType) {
        assertThatThrownBy(() -> Multipart.of(contentType, InputStream.nullInputStream())).isInstanceOf(HttpException.class);
    }

    @Test
    void aQuotedBoundaryIsUnquoted() throws IOException {
        var body = new ByteArrayInputStream("--a b\r\n\r\n1\r\n--a b--".getBytes(StandardCharsets.UTF_8));
        assertThat(Multipart.of("Multipart/Form-Data; charset=x; Boundary=\"a b\"", body).next()).isPresent();
    }

    @Test
    void itDoesNotMatterWhereTheStreamIsSplit() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var contents = new ArrayList<byte[]>();
            var body = new ByteArrayOutputStream();
            for (int i = random.nextInt(4); i >= 0; i--) {
                var content = nastyContent(random);
                contents.add(content);
                body.writeBytes(("--XyZ\r\nContent-Disposition: form-data; name=\"n" + i + "\"; filename=f\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
                body.writeBytes(content);
                body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
            }
            body.writeBytes("--XyZ--\r\n".getBytes(StandardCharsets.UTF_8));
            var parts = read(new Splitting(body.toByteArray(), random));
            assertThat(parts).as("seed %d round %d", seed, round).hasSameSizeAs(contents);
            for (int i = 0; i < contents.size(); i++) {
                assertThat(parts.get(i).content()).as("seed %d round %d part %d", seed, round, i).isEqualTo(contents.get(i));
            }
        }
    }

    /** Random pieces of delimiters and text, sometimes longer than the parser's window. */
    private static byte[] nastyContent(Random random) {
        var pieces = List.of("\r", "\n", "\r\n", "\r\n--", "\r\n--Xy", "--Xy", "-", "XyY", "abc", "x".repeat(5000));
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        // Never a true delimiter, which would end with Z.
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Gives its bytes in random small portions. */
    private static final class Splitting extends InputStream {
        private final ByteArrayInputStream bytes;
        private final Random random;

        Splitting(byte[] bytes, Random random) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, Math.min(length, 1 + random.nextInt(random.nextBoolean() ? 3 : 4000)));
        }
    }
}
