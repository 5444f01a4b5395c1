"""What the scenarios have in common."""

import importlib.metadata
import sys
import time
from contextlib import contextmanager

import e2b
import modes

SCENARIOS = []
mode = modes.ASYNC if sys.argv[1:2] == ["async"] else modes.BLOCKING
Sandbox = mode.Sandbox
# Of the package, up to its minor number.
VERSION = tuple(int(part) for part in importlib.metadata.version("e2b").split(".")[:2])
# Newer versions have a class of its own for this, which is a kind of the older one.
NO_LONGER = getattr(e2b, "SandboxNotRunningException", e2b.TimeoutException)
_shared = []


class NotInThisVersion(Exception):
    """Says that this version of the package has no such call."""


def scenario(name):
    """A scenario runs in a sandbox that others use too; what it makes has names of its own."""

    def register(function):
        SCENARIOS.append((name, lambda: function(shared())))
        return function

    return register


def apart(name):
    """A scenario that makes its own sandboxes."""

    def register(function):
        SCENARIOS.append((name, function))
        return function

    return register


def shared():
    if not _shared:
        _shared.append(Sandbox.create(timeout=900))
    return _shared[0]


def close_shared():
    for sandbox in _shared:
        sandbox.kill()


@contextmanager
def sandbox_of(**options):
    """Gives a sandbox and removes it afterwards."""
    sandbox = Sandbox.create(**options)
    try:
        yield sandbox
    finally:
        sandbox.kill()


def check(good, seen):
    if not good:
        raise AssertionError(f"unexpected: {seen!r}")


def equal(seen, wanted):
    if seen != wanted:
        raise AssertionError(f"expected {wanted!r}, saw {seen!r}")


def fails(kind, run):
    """The error that `run` fails with, which must be of the class `kind`."""
    try:
        result = run()
    except kind as e:
        return e
    except BaseException as e:
        raise AssertionError(f"expected {kind.__name__}, saw {type(e).__name__}: {e}") from e
    raise AssertionError(f"expected {kind.__name__}, but it gave {result!r}")


def until(condition, what):
    end = time.monotonic() + 15
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.02)


def out(sandbox, command, **options):
    return sandbox.commands.run(command, **options).stdout
