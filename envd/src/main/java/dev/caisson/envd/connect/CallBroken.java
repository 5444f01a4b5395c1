package dev.caisson.envd.connect;

/**
 * What a stream was about is gone: the connection is reset, so that the client sees neither an end nor an error of the
 * protocol ({@code contract/rest-api.md} §14).
 */
public final class CallBroken extends RuntimeException {
    public CallBroken(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
