package dev.caisson.guest;

import java.time.Duration;
import java.util.Optional;

/** A live watch. Used by one reader at a time; {@code close} from any thread. */
public interface Watch extends AutoCloseable {
    /** The next event, waiting at most {@code patience}. {@code UNAVAILABLE} when the link broke. */
    Optional<WatchEvent> next(Duration patience);

    @Override
    void close();
}
