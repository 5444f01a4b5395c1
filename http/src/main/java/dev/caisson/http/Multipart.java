package dev.caisson.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads a {@code multipart/form-data} body (RFC 7578, RFC 2046 §5.1) part by part, straight from the stream: no part's
 * content is ever held whole. Used by one thread.
 *
 * <p>A body that does not follow the form, or ends before its closing boundary, is an {@link HttpException} (400) from
 * {@link #next} or from the part's stream; a failure of the underlying stream stays an {@link IOException}.
 */
public final class Multipart {
    private final BoundaryInput input;
    private Optional<PartContent> current;
    private boolean ended;

    private Multipart(BoundaryInput input) {
        this.input = input;
        this.current = Optional.of(new PartContent(input));
    }

    /**
     * Begins to read a body.
     *
     * @param contentType the request's header, with its {@code boundary} parameter
     * @throws HttpException 400 if it is not multipart or has no proper boundary
     */
    public static Multipart of(String contentType, InputStream body) {
        var type = HeaderValue.parse(contentType);
        var boundary = type.parameter("boundary").orElse("");
        if (!type.value().startsWith("multipart/") || boundary.isEmpty() || boundary.length() > 70) {
            throw HttpException.invalid("not a multipart content type with a boundary of 1 to 70 characters: " + contentType);
        }
        return new Multipart(new BoundaryInput(body, boundary));
    }

    /** The next part; what was not read of the one before is skipped. Empty after the closing boundary. */
    public Optional<Part> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        if (current.isPresent()) {
            current.get().skipRest();
        }
        if (input.readsClosingMark()) {
            ended = true;
            return Optional.empty();
        }
        var headers = PartHeaders.read(input);
        input.beginPart();
        var content = new PartContent(input);
        current = Optional.of(content);
        return Optional.of(new Part(headers, content));
    }

    /** One part. Its stream is valid until {@link Multipart#next} is called. */
    public static final class Part {
        private final PartHeaders headers;
        private final InputStream content;

        private Part(PartHeaders headers, InputStream content) {
            this.headers = headers;
            this.content = content;
        }

        /** The form field's name; empty if the part has none. */
        public String name() {
            return headers.disposition().parameter("name").orElse("");
        }

        /** The file name as the client sent it, folders included; empty for a plain form field. */
        public Optional<String> filename() {
            return headers.disposition().parameter("filename");
        }

        /** A header of the part, name compared without case. */
        public Optional<String> header(String name) {
            return headers.first(name);
        }

        public InputStream content() {
            return content;
        }
    }

    /** The bytes up to the next boundary. */
    private static final class PartContent extends InputStream {
        private final BoundaryInput input;
        private boolean over;

        PartContent(BoundaryInput input) {
            this.input = input;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (over) {
                return -1;
            }
            if (length == 0) {
                return 0;
            }
            int n = input.readContent(bytes, offset, length);
            over = n < 0;
            return n;
        }

        void skipRest() throws IOException {
            var scratch = new byte[8192];
            for (int n = 0; n >= 0; n = read(scratch, 0, scratch.length)) {
                // Reading is all there is to do.
            }
        }
    }
}
