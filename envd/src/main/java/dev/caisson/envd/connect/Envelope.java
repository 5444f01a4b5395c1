package dev.caisson.envd.connect;

/** The frames of a stream: a flag byte, a big-endian length, a payload ({@code contract/envd.md} §1.3). */
final class Envelope {
    static final int COMPRESSED = 1;
    static final int END = 2;
    static final int HEAD_LENGTH = 5;

    private Envelope() {}
}
