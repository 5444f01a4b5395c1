"""Makes this interpreter's random numbers differ when its sandbox is copied. See docs/copies.md.

A copy of a running sandbox starts with a copy of every generator's state. The guest agent signals (SIGURG) each process that
asked for it by a file in /run/caisson/reseed; the handler here seeds anew from the kernel what the whole interpreter shares:
`random`'s functions, `numpy.random`'s functions, and OpenSSL's generator behind `ssl`. A seed that the program chose for
those is lost with it. Generators of the program's own (`random.Random(7)`, `numpy.random.default_rng()`) are left alone.

Outside a sandbox, or where the folder cannot be written to, importing it does nothing. It imports nothing that the
interpreter has not loaded itself, so it costs a few system calls.
"""

import _signal
import os
import sys

_FOLDER = "/run/caisson/reseed"
_SIGNAL = _signal.SIGURG  # ignored by those who do not know it
_previous = None


def reseed():
    """Seeds anew what has been loaded so far; what is loaded later seeds itself."""
    # A module may be in the table while it is still being imported, without its functions.
    for name, function in (("random", "seed"), ("numpy.random", "seed")):
        seed = getattr(sys.modules.get(name), function, None)
        if seed is not None:
            seed()
    add = getattr(sys.modules.get("ssl"), "RAND_add", None)
    if add is not None:
        add(os.urandom(32), 32.0)


def _copied(number, frame):
    reseed()
    try:
        os.utime(_path())  # the agent waits for it
    except OSError:
        pass
    if callable(_previous):
        _previous(number, frame)


def _path():
    return _FOLDER + "/" + str(os.getpid())


def _register():
    path = _path()
    with open("/proc/self/stat", "rb") as stat:
        start = stat.read().rpartition(b")")[2].split()[19]
    try:
        os.unlink(path)  # of one that had this number before
    except OSError:
        pass
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        os.write(file, b"%d %s wait\n" % (_SIGNAL, start))
    finally:
        os.close(file)


def _register_quietly():
    try:
        _register()
    except (OSError, IndexError):
        pass  # no sandbox, or one whose folder is not for us


def install():
    """Asks to be told. Only the main thread may; a second time does nothing."""
    global _previous
    if _previous is not None or not os.path.isdir(_FOLDER):
        return
    try:
        _previous = _signal.signal(_SIGNAL, _copied) or _signal.SIG_DFL
    except ValueError:
        return  # not the main thread
    # A child that was forked is a process of its own, with the handler but without a file.
    os.register_at_fork(after_in_child=_register_quietly)
    _register_quietly()


install()
