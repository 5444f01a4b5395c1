package dev.caisson.front.jetty;

import java.io.EOFException;
import java.util.List;
import org.eclipse.jetty.http2.HTTP2Channel;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** What carries one exchange: a whole connection, or one stream of a connection. */
sealed interface Transport {

    static Transport of(Request request) {
        var connection = request.getConnectionMetaData().getConnection();
        if (connection instanceof HTTP2Connection multiplexed) {
            var stream = multiplexed.getSession().getStream(Integer.parseInt(request.getId()));
            if (stream != null) {
                return new OneStream(stream);
            }
        }
        return new WholeConnection(connection.getEndPoint());
    }

    /** Those that are open. */
    static List<Transport> streamsOf(HTTP2Connection connection) {
        return connection.getSession().getStreams().stream()
                .filter(HTTP2Stream.class::isInstance)
                .<Transport>map(stream -> new OneStream((HTTP2Stream) stream))
                .toList();
    }

    /** Breaks it off so that the client sees a reset, and blocked reads and writes fail. Does not block. */
    void reset();

    /** Runs {@code gone} when the client leaves while nothing is read; until {@link #unwatch}. */
    void watch(Runnable gone);

    void unwatch();

    /** An HTTP/1.1 connection. */
    record WholeConnection(EndPoint endPoint) implements Transport {
        @Override
        public void reset() {
            Departures.below(endPoint).ifPresentOrElse(Departures::cutOff, endPoint::close);
        }

        @Override
        public void watch(Runnable gone) {
            Departures.below(endPoint).ifPresent(peek -> peek.watch(gone));
        }

        @Override
        public void unwatch() {
            Departures.below(endPoint).ifPresent(Departures::unwatch);
        }
    }

    /** A stream of an HTTP/2 connection. Jetty reads all the time there, and reports the client's reset by itself. */
    record OneStream(HTTP2Stream stream) implements Transport {
        @Override
        public void reset() {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
            if (stream.getAttachment() instanceof HTTP2Channel.Server channel) {
                var task = channel.onFailure(new EOFException("the stream was reset by the server"), Callback.NOOP);
                if (task != null) {
                    task.run();
                }
            }
        }

        @Override
        public void watch(Runnable gone) {
            // Jetty's failure listener tells.
        }

        @Override
        public void unwatch() {
            // Nothing was started.
        }
    }
}
