"""Writes the seeds of the fuzzer, one per request and some conversations, to tests/corpus. Run after a change of the protocol."""

import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from link import *

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")
ROOT = string("root")


def records(*frames):
    return b"\2" + b"".join(u8(kind) + u16(len(payload)) + payload for kind, payload in frames)


def at(path): return ROOT + string(path)
def watch(path): return at(path) + u8(1) + u8(1) + u8(0)


WRITTEN = [(WRITE, at("/tmp/d/f") + mapping({"k": "v"})), (DATA, b"content"), (END, b"")]
LONG = spawn_payload("/none", ["a", "b"], {"A": "1", "PATH": "/bin:/tmp"}, "/tmp", "root", "tag", True, None, [(7, 10, 10)])
IDENTITY = (string("id") + string("tp") + string("host") + string("root") + string("/tmp") + mapping({"A": "b"}) + i64(1) + u32(2)
            + string(b"e" * 32) + string(b"k" * 32) + u64(60))
AWAKENING = string("id2") + string("tp2") + u8(1) + i64(1) + u32(2) + string(b"e" * 32) + string(b"k" * 32) + u64(60)
SEEDS = {
    "stranger": b"\0" + Link.make(AUTH, b"\0\1" + b"n" * 64),
    "raw": b"\1" + Link.make(PING, b"x") + Link.make(STATS) + Link.make(ENVIRONMENT),
    "parts": b"\1" + Link.make(PART, b"abc") + Link.make(PART, b"def") + Link.make(PING, b"ghi"),
    "ping": records((PING, b"x"), (PING, b"")),
    "init": records((INIT, IDENTITY), (ENVIRONMENT, b""), (STATS, b""), (DEADLINE, u64(3)), (RESOLVE, at("~/x/../y"))),
    "awake": records((INIT, IDENTITY), (AWAKE, AWAKENING), (ENVIRONMENT, b"")),
    "awake_time": records((AWAKE, string("id2") + string("tp2") + u8(0) + i64(-2**63) + u32(0) + string(b"e" * 32) + u32(0) + u64(0))),
    "awake_served": records((CREATE_WATCHER, watch("/tmp")), (AWAKE, AWAKENING), (SERVE, string("127.0.0.1") + u16(0))),
    "hooks": records((WRITE, at("/etc/caisson/hooks/after-fork.d/a") + mapping({})), (DATA, b"none"), (END, b""),
                     (CHANGE, at("/etc/caisson/hooks/after-fork.d/a") + u8(1) + u8(1) + u16(0o755) + u8(0) * 4), (HOOKS, u8(3) + u32(100)),
                     (HOOKS, u8(1) + u32(100))),
    "spawn": records((SPAWN, LONG)),
    "spawn_pty": records((SPAWN, spawn_payload("none", pty=(80, 24), folder="/tmp"))),
    "processes": records((PROCESSES, b""), (SIGNAL, by_tag("tag") + u32(9) + u8(1)), (RESIZE, by_pid(7) + u16(1) + u16(2))),
    "attach": records((ATTACH, by_tag("tag") + i64(0))),
    "input": records((INPUT, by_tag("tag") + u8(0)), (DATA, b"abc"), (END, b""), (CLOSE_INPUT, by_tag("tag")), (PING, b"")),
    "write": records(*WRITTEN, (READ, at("/tmp/d/f") + u64(1) + i64(-1)), (STAT, at("/tmp/d/f"))),
    "write_refused": records((WRITE, at("/tmp") + mapping({})), (DATA, b"lost"), (END, b""), (PING, b"")),
    "folders": records((MAKE_FOLDER, at("/tmp/a/b/c")), (LIST, at("/tmp") + u32(9)), (MOVE, at("/tmp/a") + string("/tmp/z")),
                       (REMOVE, at("/tmp/z"))),
    "links": records((LINK, at("/tmp/l") + string("d") + u8(0)), (READ_LINK, at("/tmp/l")), (LIST, at("/tmp/l") + u32(0)),
                     (LINK, at("/tmp/h") + string("/tmp/d/f") + u8(1)), (STAT, at("/tmp/l"))),
    "attributes": records(*WRITTEN, (CHANGE, at("/tmp/d/f") + u8(1) + u8(1) + u16(0o600) + u8(1) + string("0") + u8(0) + u8(1) + i64(5)
                                     + u32(6) + u8(0)), (SET_ATTRIBUTE, at("/tmp/d/f") + u8(1) + string("user.x") + u8(1) + string("v")),
                          (ATTRIBUTES, at("/tmp/d/f") + u8(1))),
    "watch": records((WATCH, watch("/tmp"))),
    "watcher": records((CREATE_WATCHER, watch("/tmp")), *WRITTEN, (WATCHER_EVENTS, string("wabc")), (REMOVE_WATCHER, string("wabc"))),
    "dial": records((DIAL, string("") + u16(80))),
    "dial_to": records((DIAL, string("::1") + u16(80)), (DIAL, string("127.0.0.1") + u16(1))),
    "serve": records((SERVE, string("127.0.0.1") + u16(0))),
    "accept": records((ACCEPT, u64(1))),
}

os.makedirs(FOLDER, exist_ok=True)
for name, seed in SEEDS.items():
    with open(os.path.join(FOLDER, name), "wb") as f:
        f.write(seed)
with open(os.path.join(os.path.dirname(FOLDER), "fuzz.dict"), "w") as f:
    f.write("# Types of requests, names and lengths that occur in them. Written by make_corpus.py.\n")
    kinds = [PING, INIT, ENVIRONMENT, STATS, DEADLINE, RESOLVE, AWAKE, HOOKS, *range(SPAWN, RESIZE + 1), *range(STAT, SET_ATTRIBUTE + 1),
             *range(WATCH, REMOVE_WATCHER + 1), DIAL, SERVE, ACCEPT, DATA, END, PART]
    values = [u8(kind) + u16(n) for kind in kinds for n in (0, 16, 64)]
    values += [string(s) for s in ("", "root", "/tmp", "/tmp/d", "/tmp/d/f", "~", "..", "tag", "127.0.0.1", "::1", "user.e2b.k")]
    values += [u32(0xFFFFFFFF), i64(-1), u32(65536)]
    for value in values:
        f.write('"' + "".join(f"\\x{b:02x}" for b in value) + '"\n')
