"""The host's end of the link, as PROTOCOL.md describes it; for the tests only. Standard library only."""

import hashlib
import hmac
import os
import socket
import struct

PART, HELLO, AUTH, WELCOME = 0x00, 0x01, 0x02, 0x03
DONE, ERROR, DATA, END = 0x10, 0x11, 0x12, 0x13
PING, INIT, ENVIRONMENT, STATS, DEADLINE, RESOLVE, AWAKE, HOOKS = 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27
SPAWN, ATTACH, PROCESSES, SIGNAL, INPUT, CLOSE_INPUT, RESIZE = 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36
STAT, LIST, MAKE_FOLDER, MOVE, REMOVE, READ, WRITE = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46
READ_LINK, LINK, CHANGE, ATTRIBUTES, SET_ATTRIBUTE = 0x47, 0x48, 0x49, 0x4A, 0x4B
STARTED, OUTPUT, EXITED, PROCESS, ENTRIES, ENTRY, EVENT, INCOMING = 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57
WATCH, CREATE_WATCHER, WATCHER_EVENTS, REMOVE_WATCHER = 0x60, 0x61, 0x62, 0x63
DIAL, SERVE, ACCEPT = 0x70, 0x71, 0x72

INVALID, UNAUTHENTICATED, DENIED, NOT_FOUND, CONFLICT, EXHAUSTED, UNAVAILABLE, TIMEOUT, UNSUPPORTED, INTERNAL = range(1, 11)
STDOUT, STDERR, PTY = 1, 2, 3
CREATE, CHANGED, REMOVED, RENAME, CHMOD, OVERFLOW = range(1, 7)
FRAME_MAX = 65536


def u8(v): return struct.pack(">B", v)
def u16(v): return struct.pack(">H", v)
def u32(v): return struct.pack(">I", v & 0xFFFFFFFF)
def u64(v): return struct.pack(">Q", v)
def i64(v): return struct.pack(">q", v)


def string(v):
    v = v.encode("utf-8", "surrogateescape") if isinstance(v, str) else v
    return u32(len(v)) + v


def items(values, write): return u32(len(values)) + b"".join(write(v) for v in values)
def mapping(values): return items(list(values.items()), lambda p: string(p[0]) + string(p[1]))
def optional(value, write): return u8(0) if value is None else u8(1) + write(value)


class Payload:
    """Reads a payload from front to back."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def fixed(self, count):
        taken = self.data[self.at:self.at + count]
        assert len(taken) == count, "payload too short"
        self.at += count
        return taken

    def number(self, code):
        return struct.unpack(">" + code, self.fixed(struct.calcsize(code)))[0]

    def u8(self): return self.number("B")
    def u16(self): return self.number("H")
    def u32(self): return self.number("I")
    def i32(self): return self.number("i")
    def u64(self): return self.number("Q")
    def i64(self): return self.number("q")
    def bytes(self): return self.fixed(self.u32())
    def string(self): return self.bytes().decode("utf-8", "surrogateescape")
    def rest(self): return self.fixed(len(self.data) - self.at)
    def mapping(self): return {self.string(): self.string() for _ in range(self.u32())}
    def done(self): assert self.at == len(self.data), "bytes left over"; return self

    def entry(self):
        inner = Payload(self.bytes())
        e = dict(name=inner.string(), path=inner.string(), type=inner.u8(), link=inner.u8(), mode=inner.u16(),
                 raw=inner.u32(), size=inner.u64(), owner=inner.string(), group=inner.string(), uid=inner.u32(),
                 gid=inner.u32(), modified=(inner.i64(), inner.u32()))
        e["target"] = inner.string() if inner.u8() else None
        e["metadata"] = inner.mapping()
        inner.done()
        return e


class Refused(Exception):
    def __init__(self, payload):
        self.category, self.errno = payload.u8(), payload.i32()
        self.message, self.path = payload.string(), payload.string()
        super().__init__(f"category {self.category} errno {self.errno}: {self.message} ({self.path})")


class Closed(Exception):
    """The agent closed the connection."""


class Link:
    """One connection."""

    def __init__(self, port, key, timeout=20, authenticate=True):
        self.socket = socket.socket()
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.key = key
        kind, self.hello = self.frame()
        assert kind == HELLO
        self.expected = None
        self.first = b""
        if authenticate:
            self.first = self.auth_frame()

    def auth_frame(self, version=1):
        nonce = os.urandom(32)
        tail = self.hello + u16(version) + nonce
        self.expected = hmac.new(self.key, b"caisson link agent\0" + tail, hashlib.sha256).digest()
        proof = hmac.new(self.key, b"caisson link host\0" + tail, hashlib.sha256).digest()
        return self.make(AUTH, u16(version) + nonce + proof)

    @staticmethod
    def make(kind, payload=b""):
        frames = b""
        while len(payload) > FRAME_MAX:
            frames += u32(FRAME_MAX) + u8(PART) + payload[:FRAME_MAX]
            payload = payload[FRAME_MAX:]
        return frames + u32(len(payload)) + u8(kind) + payload

    def raw(self, data):
        first, self.first = self.first, b""
        self.socket.sendall(first + data)

    def send(self, kind, payload=b""):
        self.raw(self.make(kind, payload))

    def exactly(self, count):
        while len(self.buffer) < count:
            got = self.socket.recv(262144)
            if not got:
                raise Closed()
            self.buffer += got
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def frame(self):
        length, kind = struct.unpack(">IB", self.exactly(5))
        assert length <= FRAME_MAX
        return kind, self.exactly(length)

    def answer(self):
        """The next message, WELCOME checked and left out, parts joined, ERROR raised."""
        parts = b""
        while True:
            kind, payload = self.frame()
            if kind == WELCOME:
                assert payload == self.expected, "the agent did not prove itself"
            elif kind == PART:
                parts += payload
            elif kind == ERROR:
                raise Refused(Payload(parts + payload))
            else:
                return kind, Payload(parts + payload)

    def ask(self, kind, payload=b""):
        """A request with a single DONE for an answer."""
        self.send(kind, payload)
        return self.expect(DONE)

    def expect(self, kind):
        got, payload = self.answer()
        assert got == kind, f"frame {got:#x} instead of {kind:#x}"
        return payload

    def collect(self, kind, payload, of):
        """A request answered by any number of `of`, then DONE."""
        self.send(kind, payload)
        found = []
        while True:
            got, answer = self.answer()
            if got == DONE:
                return found
            assert got == of
            found.append(answer)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def spawn_payload(command, arguments=(), environment=None, folder=None, user="", tag=None, input=False, pty=None, limits=()):
    return (string(command) + items(list(arguments), string) + mapping(environment or {}) + optional(folder, string)
            + string(user) + optional(tag, string) + u8(input) + optional(pty, lambda p: u16(p[0]) + u16(p[1]))
            + items(list(limits), lambda l: u8(l[0]) + u64(l[1]) + u64(l[2])))


def by_pid(pid): return u8(0) + u32(pid)
def by_tag(tag): return u8(1) + string(tag)


class Process:
    """A subscription to a process."""

    def __init__(self, link, kind, payload):
        self.link = link
        link.send(kind, payload)
        started = link.expect(STARTED)
        self.pid, self.offset = started.u32(), started.u64()
        self.exit = None

    def event(self):
        kind, payload = self.link.answer()
        if kind == OUTPUT:
            source, data = payload.u8(), payload.rest()
            assert 1 <= len(data) <= 32768
            return source, data
        assert kind == EXITED
        self.exit = (payload.i32(), payload.u8(), payload.u8())
        return None

    def run(self):
        """Everything to the end: (outputs by source, exit)."""
        outputs = {STDOUT: b"", STDERR: b"", PTY: b""}
        while True:
            event = self.event()
            if event is None:
                return outputs, self.exit
            outputs[event[0]] += event[1]

    def until(self, text):
        """Reads until the text has come."""
        seen = b""
        while text not in seen:
            event = self.event()
            assert event is not None, f"ended before {text!r}: {seen!r}"
            seen += event[1]
        return seen
