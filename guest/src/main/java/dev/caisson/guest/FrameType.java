package dev.caisson.guest;

/** The first byte after a frame's length ({@code guest-agent/PROTOCOL.md} §1-§8). */
enum FrameType {
    PART(0x00), HELLO(0x01), AUTH(0x02), WELCOME(0x03),
    DONE(0x10), ERROR(0x11), DATA(0x12), END(0x13),
    PING(0x20), INIT(0x21), ENVIRONMENT(0x22), STATS(0x23), DEADLINE(0x24),
    AWAKE(0x26), HOOKS(0x27),
    SPAWN(0x30), ATTACH(0x31), PROCESSES(0x32), SIGNAL(0x33), INPUT(0x34), CLOSE_INPUT(0x35), RESIZE(0x36),
    STAT(0x40), LIST(0x41), MAKE_FOLDER(0x42), MOVE(0x43), REMOVE(0x44), READ(0x45), WRITE(0x46),
    STARTED(0x50), OUTPUT(0x51), EXITED(0x52), PROCESS(0x53), ENTRIES(0x54), ENTRY(0x55), EVENT(0x56), INCOMING(0x57),
    WATCH(0x60), CREATE_WATCHER(0x61), WATCHER_EVENTS(0x62), REMOVE_WATCHER(0x63),
    DIAL(0x70), SERVE(0x71), ACCEPT(0x72);

    private static final FrameType[] BY_CODE = new FrameType[0x100];

    static {
        for (var type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** @throws MalformedException for a code that this version does not know */
    static FrameType of(int code) throws MalformedException {
        var type = BY_CODE[code & 0xff];
        if (type == null) {
            throw new MalformedException("a frame of the unknown type 0x" + Integer.toHexString(code & 0xff));
        }
        return type;
    }
}
