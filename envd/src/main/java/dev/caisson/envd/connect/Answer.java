package dev.caisson.envd.connect;

import java.io.IOException;

/** The form in which a call's outcome is sent. */
interface Answer {
    void fail(ConnectFailure failure) throws IOException;
}
