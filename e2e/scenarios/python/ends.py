import time

import e2b
from kit import NO_LONGER, apart, check, equal, fails, mode, sandbox_of


@apart("after a kill: a running command fails at once")
def _():
    with sandbox_of() as sandbox:
        command = mode.background(sandbox, "sleep 4714", timeout=0)
        killed = time.monotonic()
        sandbox.kill()
        fails(NO_LONGER, command.end)
        check(time.monotonic() - killed < 5, "late")


@apart("after a kill: a terminal fails at once")
def _():
    with sandbox_of() as sandbox:
        terminal = mode.terminal(sandbox)
        sandbox.kill()
        fails(NO_LONGER, terminal.end)


@apart("after a kill: calls fail with what says so")
def _():
    with sandbox_of() as sandbox:
        sandbox.kill()
        fails(NO_LONGER, lambda: sandbox.commands.run("true"))
        fails(NO_LONGER, lambda: sandbox.files.read("x"))
        fails(NO_LONGER, lambda: sandbox.files.list("."))
        fails(e2b.SandboxNotFoundException, lambda: sandbox.set_timeout(1))
        equal(sandbox.is_running(), False)
