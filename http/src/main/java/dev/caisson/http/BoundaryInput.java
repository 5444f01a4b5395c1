package dev.caisson.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A multipart body cut at its boundaries. Bytes that may turn out to begin a delimiter are given out only once they have
 * not, so where the client's packets split it does not matter.
 */
final class BoundaryInput {
    private static final int WINDOW = 16 * 1024;
    private static final int LINE_END = 2;

    private final InputStream source;
    private final byte[] delimiter;
    private final byte[] window = new byte[WINDOW];
    private int position;
    private int end;
    /** At the start of the body or of a part: the line end that begins a delimiter may have been read already. */
    private boolean atLineStart = true;

    private enum Match { NONE, BEGINNING, WHOLE }

    BoundaryInput(InputStream source, String boundary) {
        this.source = source;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Begins the content of a part, right after the empty line that ends its headers. */
    void beginPart() {
        atLineStart = true;
    }

    /** Reads content, at least one byte; -1 once the boundary was reached and consumed. */
    int readContent(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            int skipped = atLineStart ? LINE_END : 0;
            var match = match(position, skipped);
            if (match == Match.WHOLE) {
                position += delimiter.length - skipped;
                atLineStart = false;
                return -1;
            }
            if (match == Match.NONE) {
                atLineStart = false;
                int n = Math.min(contentEnd() - position, length);
                if (n > 0) {
                    System.arraycopy(window, position, bytes, offset, n);
                    position += n;
                    return n;
                }
            } else {
                fill();
            }
        }
    }

    /** Index before which every byte in the window is certainly content. */
    private int contentEnd() {
        for (int i = position; i < end; i++) {
            if (window[i] == '\r' && match(i, 0) != Match.NONE) {
                return i;
            }
        }
        return end;
    }

    /** Whether the window has the delimiter, less its first {@code skipped} bytes, at {@code index}. */
    private Match match(int index, int skipped) {
        for (int i = skipped; i < delimiter.length; i++) {
            int at = index + i - skipped;
            if (at >= end) {
                return Match.BEGINNING;
            }
            if (window[at] != delimiter[i]) {
                return Match.NONE;
            }
        }
        return Match.WHOLE;
    }

    /** After a boundary: true if it was the closing one, else consumes the rest of its line. */
    boolean readsClosingMark() throws IOException {
        int first = next();
        int second = next();
        if (first == '-' && second == '-') {
            return true;
        }
        while (first == ' ' || first == '\t') {
            first = second;
            second = next();
        }
        if (first != '\r' || second != '\n') {
            throw HttpException.invalid("the multipart body has something behind a boundary");
        }
        return false;
    }

    /** One line of a part's headers without its end, decoded as UTF-8; at most {@code limit} bytes. */
    String readLine(int limit) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = next(); b != '\n'; b = next()) {
            line.write(b);
            if (line.size() > limit) {
                throw HttpException.invalid("the headers of a part of the multipart body are too long");
            }
        }
        var text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private int next() throws IOException {
        if (position == end) {
            fill();
        }
        return window[position++] & 0xff;
    }

    private void fill() throws IOException {
        System.arraycopy(window, position, window, 0, end - position);
        end -= position;
        position = 0;
        int n = source.read(window, end, window.length - end);
        if (n < 0) {
            throw HttpException.invalid("the multipart body ends before its closing boundary");
        }
        end += n;
    }
}
