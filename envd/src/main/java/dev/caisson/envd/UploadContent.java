package dev.caisson.envd;

import dev.caisson.http.HttpException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * What a client sends as a file's content. Remembers when reading it failed, so that this can be told from a failure of the
 * guest after the write was given up. Used by one thread.
 */
final class UploadContent extends FilterInputStream {
    private Optional<IOException> failure = Optional.empty();
    private Optional<HttpException> refusal = Optional.empty();

    UploadContent(InputStream in) {
        super(in);
    }

    /** Throws what reading threw, if it did. */
    void rethrow() throws IOException {
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (ZipException | EOFException e) {
            refusal = Optional.of(HttpException.invalid("the body is not valid gzip, or ends too early: " + e.getMessage()));
            throw e;
        } catch (IOException e) {
            failure = Optional.of(e);
            throw e;
        } catch (HttpException e) {
            refusal = Optional.of(e);
            throw e;
        }
    }
}
