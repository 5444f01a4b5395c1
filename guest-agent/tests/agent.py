"""Starts the agent for a test and stops it again; waits for conditions instead of sleeping."""

import contextlib
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from link import *

BINARY = os.environ.get("AGENT", os.path.join(os.path.dirname(__file__), "..", "build", "guest-agent-sanitized"))
ROOT = os.geteuid() == 0

PASSWD = """root:x:0:0:root:/root:/bin/bash
alice:x:4201:4201::{home}:/bin/sh
locked:x:4202:4202::/nonexistent:/bin/sh
"""
GROUP = """root:x:0:
alice:x:4201:
readers:x:4301:bob,alice
writers:x:4302:alice
others:x:4303:bob
"""


def wait_until(condition, what, seconds=20):
    """The condition's value as soon as it is true; the test fails if that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.005)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Agent:
    """A running agent. With root it has its own /etc (a copy, with other users) and /run in a mount namespace; with `first` it is
    PID 1 of its own process and host name namespaces too."""

    def __init__(self, first=False):
        self.folder = tempfile.mkdtemp(prefix="agent-")
        os.chmod(self.folder, 0o755)
        self.home = os.path.join(self.folder, "home")
        os.mkdir(self.home)
        self.key = os.urandom(32)
        self.port = free_port()
        self.errors = open(os.path.join(self.folder, "stderr"), "w+")
        environment = {
            "CAISSON_LINK_KEY": self.key.hex(),
            "CAISSON_LINK_PORT": str(self.port),
            "CAISSON_LINK_ADDRESS": "127.0.0.1",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SECRET_OF_THE_AGENT": "hidden",
            "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        }
        self.process = subprocess.Popen(self.command(first), env=environment, stdin=subprocess.DEVNULL,
                                        stdout=self.errors, stderr=self.errors, start_new_session=True)
        self.first = first
        wait_until(self.listens, "the agent listens")
        self.pid = self.inner_pid() if first else self.process.pid

    def command(self, first):
        if not ROOT:
            return [BINARY]
        # Laid over /etc as a whole: a file mounted on /etc/group falls off when anyone on the machine adds a group, for
        # that renames a new file over it.
        tables = os.path.join(self.folder, "etc")
        os.mkdir(tables)
        os.chmod(tables, 0o755)
        for name, text in (("passwd", PASSWD), ("group", GROUP)):
            with open(os.path.join(tables, name), "w") as f:
                f.write(text.format(home=self.home))
        os.chown(self.home, 4201, 4201)
        script = (f"mount -t tmpfs tmpfs /run && mkdir /run/etc /run/etc/upper /run/etc/work"
                  f" && mount -t overlay -o lowerdir={tables}:/etc,upperdir=/run/etc/upper,workdir=/run/etc/work overlay /etc"
                  f" && exec {os.path.abspath(BINARY)}")
        spaces = ["--pid", "--fork", "--mount-proc", "--uts", "--kill-child"] if first else []
        return ["unshare", "--mount", "--propagation", "private", *spaces, "sh", "-c", script]

    def listens(self):
        assert self.process.poll() is None, f"the agent ended: {self.complaints()}"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def inner_pid(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            return int(f.read().split()[0])

    def complaints(self):
        self.errors.flush()
        with open(self.errors.name) as f:
            return f.read()

    def link(self, **options):
        return Link(self.port, self.key, **options)

    def ask(self, kind, payload=b""):
        with self.link() as link:
            return link.ask(kind, payload)

    def spawn(self, command, arguments=(), **options):
        if not ROOT:
            options.setdefault("folder", self.home)  # the default user's, root's, cannot be entered
        return Process(self.link(), SPAWN, spawn_payload(command, arguments, **options))

    def shell(self, script, **options):
        return self.spawn("/bin/sh", ["-c", script], **options)

    def write(self, path, content=b"", user="", metadata=None):
        with self.link() as link:
            link.raw(link.make(WRITE, string(user) + string(path) + mapping(metadata or {}))
                     + b"".join(link.make(DATA, content[i:i + FRAME_MAX]) for i in range(0, len(content), FRAME_MAX))
                     + link.make(END))
            return link.expect(DONE).entry()

    def read(self, path, offset=0, length=-1, user=""):
        with self.link() as link:
            link.send(READ, string(user) + string(path) + u64(offset) + i64(length))
            entry = link.expect(ENTRY).entry()
            content = b""
            while True:
                kind, payload = link.answer()
                if kind == DONE:
                    return entry, content
                assert kind == DATA
                content += payload.rest()

    def input(self, selector, data, kind=0):
        with self.link() as link:
            link.raw(link.make(INPUT, selector + u8(kind))
                     + b"".join(link.make(DATA, data[i:i + FRAME_MAX]) for i in range(0, len(data), FRAME_MAX))
                     + link.make(END))
            link.expect(DONE)

    def processes(self):
        with self.link() as link:
            return {p.u32(): p.rest() for p in link.collect(PROCESSES, b"", PROCESS)}

    def descriptors(self):
        """What its open descriptors lead to, as /proc names it."""
        found = []
        for fd in os.listdir(f"/proc/{self.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                found.append(os.readlink(f"/proc/{self.pid}/fd/{fd}"))
        return found

    def inside(self, path):
        """Where a path of its own, as it sees the file system, is for the test."""
        return f"/proc/{self.pid}/root{path}"

    def sockets(self):
        return sum(name.startswith("socket:") for name in self.descriptors())

    def stop(self):
        """Ends it in an orderly way, so that the sanitizers look for leaks, and returns what they said."""
        alive = self.process.poll() is None
        if alive:
            self.process.send_signal(signal.SIGKILL if self.first else signal.SIGTERM)
        code = self.process.wait(timeout=60)
        said = self.complaints()
        self.errors.close()
        shutil.rmtree(self.folder)
        assert alive, f"the agent ended before its time with {code}: {said}"
        assert self.first or code == 0, f"the agent ended with {code}: {said}"
        return said


class AgentTest(unittest.TestCase):
    """One agent for all tests of a class. At the end it must be alive, own no more descriptors than at the start, and
    have nothing on stderr."""

    first = False

    @classmethod
    def setUpClass(cls):
        cls.agent = Agent(cls.first)
        with cls.agent.link() as link:
            link.ask(PING)
        # It closes a connection only some time after we did: one counted here would hide one that leaks later.
        wait_until(lambda: cls.agent.sockets() == 1, "the agent has no socket but the one it listens at")
        cls.before = len(cls.agent.descriptors())

    @classmethod
    def tearDownClass(cls):
        gc.collect()  # an expected refusal's traceback holds its link in a cycle: our end would stay open until some later round
        try:
            wait_until(lambda: len(cls.agent.descriptors()) <= cls.before, "the agent's descriptors are closed")
        finally:
            said = cls.agent.stop()
        assert said == "", said

    def refused(self, category, errno=None):
        return _Refused(self, category, errno)

    def path(self, *names):
        return os.path.join(self.agent.folder, *names)


class _Refused:
    def __init__(self, test, category, errno):
        self.test, self.category, self.errno = test, category, errno

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        self.test.assertIs(kind, Refused, f"not refused, but {error!r}")
        self.test.assertEqual(error.category, self.category, str(error))
        if self.errno is not None:
            self.test.assertEqual(error.errno, self.errno, str(error))
        self.error = error
        return True


needs_root = unittest.skipUnless(ROOT, "needs root")
