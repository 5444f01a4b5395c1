package dev.caisson.guest;

import java.io.IOException;

/** The agent sent what the protocol does not allow; the connection is of no more use. */
final class MalformedException extends IOException {
    MalformedException(String what) {
        super(what);
    }
}
