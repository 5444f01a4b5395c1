package dev.caisson.guest;

import java.io.IOException;

/** An answer of many messages of one type, ended by DONE or ERROR. */
record Answers(Connection connection, String attempt) {
    /** Takes one of the messages. */
    @FunctionalInterface
    interface Taker {
        void take(Message message) throws IOException;
    }

    void each(FrameType type, Deadline deadline, Taker taker) throws IOException {
        while (true) {
            var message = connection.message(deadline);
            if (message.type() == type) {
                taker.take(message);
            } else if (message.type() == FrameType.DONE) {
                return;
            } else if (message.type() == FrameType.ERROR) {
                throw Failures.refusal(attempt, message);
            } else {
                throw Failures.unexpected(message.type());
            }
        }
    }
}
