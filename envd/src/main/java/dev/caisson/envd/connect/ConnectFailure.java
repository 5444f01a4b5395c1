package dev.caisson.envd.connect;

import org.jspecify.annotations.Nullable;

/** Ends a call with a code and a message that the client sees. */
public final class ConnectFailure extends RuntimeException {
    private final ConnectCode code;

    public ConnectFailure(ConnectCode code, String message) {
        this(code, message, null);
    }

    public ConnectFailure(ConnectCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ConnectCode code() {
        return code;
    }

    /** The text sent to the client. */
    public String text() {
        return String.valueOf(getMessage());
    }

    static ConnectFailure invalid(String message) {
        return new ConnectFailure(ConnectCode.INVALID_ARGUMENT, message);
    }

    /** The call's deadline has passed. */
    public static ConnectFailure deadline() {
        return new ConnectFailure(ConnectCode.DEADLINE_EXCEEDED, "the deadline of the call has passed");
    }
}
