package dev.caisson.front.jetty;

import java.util.Optional;
import org.eclipse.jetty.io.EndPoint;

/** What an HTTP/1.1 connection can do beside carrying requests: notice that a client leaves, and be cut off. */
interface Departures {

    /** Runs {@code gone} once when the client closes the connection, until {@link #unwatch}. Only while Jetty does not read. */
    void watch(Runnable gone);

    void unwatch();

    /** Closes with a reset, so that the other side sees a broken transfer. */
    void cutOff();

    /** Those of the end point, or of the nearest one below whatever wraps it. */
    static Optional<Departures> below(EndPoint endPoint) {
        var inner = endPoint;
        while (!(inner instanceof Departures) && inner instanceof EndPoint.Wrapper wrapper) {
            inner = wrapper.unwrap();
        }
        return inner instanceof Departures departures ? Optional.of(departures) : Optional.empty();
    }
}
