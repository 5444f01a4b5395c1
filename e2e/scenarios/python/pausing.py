import os
import random

import e2b
from counting import count, start_counter
from kit import NO_LONGER, VERSION, NotInThisVersion, Sandbox, apart, check, equal, fails, mode, out, sandbox_of, until
from lifecycle import UNKNOWN, ids


def boot_id(sandbox):
    return out(sandbox, "cat /proc/sys/kernel/random/boot_id")


def state(sandbox):
    return sandbox.get_info().state.value


def pids(sandbox):
    return [process.pid for process in sandbox.commands.list()]


def of_files():
    """How to say that the memory is not wanted."""
    return {"mode": "filesystem"} if VERSION >= (2, 63) else {"keep_memory": False}


def lasts(sandbox, seconds):
    info = sandbox.get_info()
    check(abs((info.end_at - info.started_at).total_seconds() - seconds) < 2, info)


@apart("pause: processes, memory, files and a server inside go on")
def _():
    with sandbox_of(timeout=300, metadata={"kept": "yes"}, envs={"OF_SANDBOX": "kept"}) as sandbox:
        start_counter(sandbox)
        sandbox.files.write("note", "kept")
        before = (boot_id(sandbox), pids(sandbox))
        equal(sandbox.pause(), True)
        equal((sandbox.is_running(), state(sandbox), sandbox.pause()), (False, "paused", False))

        again = Sandbox.connect(sandbox.sandbox_id, timeout=60)
        equal((again.sandbox_id, count(again), again.files.read("note")), (sandbox.sandbox_id, 2, "kept"))
        # The handle from before goes on, with its token.
        equal((boot_id(sandbox), pids(sandbox)), before)
        equal(out(sandbox, "echo $OF_SANDBOX"), "kept\n")
        info = sandbox.get_info()
        equal((info.state.value, info.name, info.metadata), ("running", "base", {"kept": "yes"}))
        lasts(sandbox, 60)


@apart("pause: a command that waits is attached again")
def _():
    with sandbox_of() as sandbox:
        pid = mode.background(sandbox, 'read word; echo "got $word"', stdin=True, timeout=0).pid
        sandbox.pause()
        sandbox.connect()
        again = mode.reconnect(sandbox, pid)
        sandbox.commands.send_stdin(pid, "it\n")
        equal(again.end().stdout, "got it\n")


@apart("pause: by id, and betaPause")
def _():
    with sandbox_of() as sandbox:
        equal((Sandbox.beta_pause(sandbox.sandbox_id), Sandbox.pause(sandbox.sandbox_id)), (True, False))
        equal(sandbox.connect().is_running(), True)
        fails(e2b.SandboxNotFoundException, lambda: Sandbox.pause(UNKNOWN))


def boots_anew(sandbox, pause, connect):
    sandbox.files.write("note", "kept")
    mode.background(sandbox, "sleep 4715", timeout=0)
    before = boot_id(sandbox)
    pause()
    equal(state(sandbox), "paused")
    connect()
    equal((sandbox.files.read("note"), pids(sandbox)), ("kept", []))
    check(boot_id(sandbox) != before, before)


@apart("pause: without memory, then it boots anew with its files")
def _():
    with sandbox_of() as sandbox:
        boots_anew(sandbox, lambda: sandbox.pause(**of_files()), sandbox.connect)


@apart("pause: resume by a boot, though the memory was saved")
def _():
    if VERSION < (2, 49):
        raise NotInThisVersion("no option for how to resume")
    with sandbox_of() as sandbox:
        boots_anew(sandbox, sandbox.pause, lambda: Sandbox.connect(sandbox.sandbox_id, on_resume="reboot"))


@apart("pause: only if all is well inside")
def _():
    if VERSION < (2, 63):
        raise NotInThisVersion("no option for a strict pause")
    with sandbox_of() as sandbox:
        equal((sandbox.pause(strict=True), state(sandbox)), (True, "paused"))
        equal(out(sandbox.connect(), "echo fine"), "fine\n")
        equal(sandbox.get_info().envd_unresponsive_at_pause, None)


@apart("pause: at the end of its time, then woken by a command and by a request")
def _():
    with sandbox_of(timeout=1, lifecycle={"on_timeout": "pause", "auto_resume": True}) as sandbox:
        equal(sandbox.get_info().lifecycle, {"on_timeout": "pause", "auto_resume": True})
        until(lambda: state(sandbox) == "paused", "the pause")
        start_counter(sandbox)
        equal(state(sandbox), "running")
        lasts(sandbox, 300)
        equal(sandbox.pause(), True)
        equal((count(sandbox), state(sandbox)), (2, "running"))


@apart("pause: without memory at the end of its time, and traffic does not wake it")
def _():
    with sandbox_of(timeout=1, lifecycle={"on_timeout": {"action": "pause", **of_files()}}) as sandbox:
        before = boot_id(sandbox)
        equal(sandbox.get_info().lifecycle, {"on_timeout": "pause", "auto_resume": False})
        until(lambda: state(sandbox) == "paused", "the pause")
        fails(NO_LONGER, lambda: sandbox.commands.run("true"))
        equal((sandbox.is_running(), state(sandbox)), (False, "paused"))
        sandbox.connect(timeout=60)
        check(boot_id(sandbox) != before, before)


@apart("pause: list by state, and kill of a paused one")
def _():
    mine = {"group": f"paused {os.getpid()} {random.random()}"}
    with sandbox_of(metadata=mine) as other, sandbox_of(metadata=mine) as sandbox:
        sandbox.pause()
        equal(ids({"metadata": mine}), [sandbox.sandbox_id, other.sandbox_id])
        equal(ids({"metadata": mine, "state": [e2b.SandboxState.PAUSED]}), [sandbox.sandbox_id])
        equal(ids({"metadata": mine, "state": [e2b.SandboxState.RUNNING]}), [other.sandbox_id])
        equal(other.get_info().lifecycle, {"on_timeout": "kill", "auto_resume": False})
        fails(e2b.SandboxNotFoundException, lambda: sandbox.set_timeout(60))
        equal((sandbox.kill(), sandbox.kill(), ids({"metadata": mine})), (True, False, [other.sandbox_id]))
        fails(e2b.SandboxNotFoundException, sandbox.connect)
