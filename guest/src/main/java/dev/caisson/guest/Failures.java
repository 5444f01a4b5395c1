package dev.caisson.guest;

import dev.caisson.base.Category;
import java.io.IOException;
import java.net.SocketTimeoutException;

/** What goes wrong on the link, as the callers of this module see it. */
final class Failures {
    /** The guest chooses its messages; no more of one than this is passed on. */
    private static final int LONGEST_TEXT = 1000;

    /** Categories by their number on the wire ({@code guest-agent/PROTOCOL.md} §3), from 1 on. */
    private static final Category[] CATEGORIES = {
        Category.INVALID, Category.UNAUTHENTICATED, Category.DENIED, Category.NOT_FOUND, Category.CONFLICT,
        Category.EXHAUSTED, Category.UNAVAILABLE, Category.TIMEOUT, Category.UNSUPPORTED, Category.INTERNAL
    };

    private Failures() {}

    /** The link itself failed. */
    static GuestException of(String attempt, IOException e) {
        return switch (e) {
            case SocketTimeoutException _ ->
                new GuestException(Category.TIMEOUT, attempt + ": the guest did not answer in time", Errno.NONE, e);
            case MalformedException _ ->
                new GuestException(
                        Category.INTERNAL, attempt + ": the guest's agent broke the protocol: " + e.getMessage(), Errno.NONE, e);
            case RefusedException _ -> new GuestException(Category.DENIED, attempt + ": " + e.getMessage(), Errno.NONE, e);
            default ->
                new GuestException(
                        Category.UNAVAILABLE, attempt + ": the link to the guest broke: " + e.getMessage(), Errno.NONE, e);
        };
    }

    /** The agent answered ERROR. */
    static GuestException refusal(String attempt, Message error) throws MalformedException {
        var in = error.reader();
        var number = in.u8();
        if (number < 1 || number > CATEGORIES.length) {
            throw new MalformedException("an error of the unknown category " + number);
        }
        var errno = Errno.of(in.i32());
        return new GuestException(CATEGORIES[number - 1], attempt + ": " + printable(in.str()), errno, null);
    }

    /** The answer was none of those that the operation has. */
    static MalformedException unexpected(FrameType type) {
        return new MalformedException("an answer of the type " + type + ", which does not belong here");
    }

    /** What a log may hold of a text that the guest chose. */
    static String printable(String text) {
        var shown = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
