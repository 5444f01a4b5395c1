package dev.caisson.guest;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The handshake failed: one side does not know the other's key, or they share no protocol version. */
final class RefusedException extends IOException {
    RefusedException(String what, @Nullable Throwable cause) {
        super(what, cause);
    }
}
