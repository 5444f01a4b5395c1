import inspect

import e2b
from files import fetch
from kit import NotInThisVersion, Sandbox, apart, check, equal, fails, mode, out, sandbox_of, until
from lifecycle import SANDBOX_URL, ids, mark

BOOT = "cat /proc/sys/kernel/random/boot_id"


def count(sandbox):
    """Leaves a program behind that counts in its memory, and gives what it has come to when asked."""
    sandbox.files.write("count.py", """
import http.server
seen = []
class Count(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(len(seen)).encode())
http.server.HTTPServer(("0.0.0.0", 8000), Count).serve_forever()
""")
    mode.background(sandbox, "python3 count.py", timeout=0)
    until(lambda: ask(sandbox)[0] == 200, "the program")


def ask(sandbox):
    return fetch(SANDBOX_URL + "/", headers={"E2b-Sandbox-Id": sandbox.sandbox_id, "E2b-Sandbox-Port": "8000"})


def asked(sandbox):
    status, body = ask(sandbox)
    equal(status, 200)
    return int(body)


@apart("states: pause and connect keep what runs")
def _():
    with sandbox_of(timeout=300, metadata={"of": mark("pause")}) as sandbox:
        count(sandbox)
        before, boot, info = asked(sandbox), out(sandbox, BOOT), sandbox.get_info()
        equal(sandbox.pause(), True)
        equal((sandbox.is_running(), sandbox.get_info().state.value), (False, "paused"))
        equal(ids({"metadata": info.metadata, "state": [e2b.SandboxState.PAUSED]}), [sandbox.sandbox_id])
        equal(sandbox.pause(), False)
        again = Sandbox.connect(sandbox.sandbox_id, timeout=120)
        equal((again.sandbox_id, sandbox.is_running()), (sandbox.sandbox_id, True))
        equal(asked(sandbox), before + 1)
        equal(out(sandbox, BOOT), boot)
        after = sandbox.get_info()
        check(after.started_at > info.started_at, after)
        check(abs((after.end_at - after.started_at).total_seconds() - 120) < 2, after)
        equal((after.metadata, after.name, after.template_id), (info.metadata, info.name, info.template_id))


@apart("states: an old name of pause, and a kill of what is paused")
def _():
    with sandbox_of(timeout=300) as sandbox:
        sandbox.beta_pause()
        equal(sandbox.get_info().state.value, "paused")
        equal(Sandbox.kill(sandbox.sandbox_id), True)
        fails(e2b.SandboxNotFoundException, lambda: Sandbox.connect(sandbox.sandbox_id))
        fails(e2b.SandboxNotFoundException, lambda: Sandbox.pause(sandbox.sandbox_id))


@apart("states: without memory the files stay and the next start is a boot")
def _():
    with sandbox_of(timeout=300) as sandbox:
        count(sandbox)
        boot = out(sandbox, BOOT)
        sandbox.files.write("kept", "by the pause")
        equal(sandbox.pause(keep_memory=False), True)
        sandbox.connect(timeout=120)
        check(out(sandbox, BOOT) != boot, boot)
        equal(sandbox.files.read("kept"), "by the pause")
        equal(ask(sandbox)[0], 502)


@apart("states: a resume may be a reboot")
def _():
    if "on_resume" not in inspect.signature(e2b.Sandbox.connect).parameters:
        raise NotInThisVersion("no option for a reboot")
    with sandbox_of(timeout=300) as sandbox:
        boot = out(sandbox, BOOT)
        sandbox.files.write("kept", "by the pause")
        sandbox.pause()
        sandbox.connect(on_resume="reboot")
        check(out(sandbox, BOOT) != boot, boot)
        equal(sandbox.files.read("kept"), "by the pause")


@apart("states: paused when its time is up, and back by a request")
def _():
    with sandbox_of(timeout=5, lifecycle={"on_timeout": "pause", "auto_resume": True}) as sandbox:
        info = sandbox.get_info()
        equal((info.lifecycle["on_timeout"], info.lifecycle["auto_resume"]), ("pause", True))
        sandbox.set_timeout(300)
        count(sandbox)
        before = asked(sandbox)
        sandbox.set_timeout(1)
        until(lambda: sandbox.get_info().state.value == "paused", "the pause")
        equal(asked(sandbox), before + 1)
        equal(sandbox.get_info().state.value, "running")
        sandbox.pause()
        equal(sandbox.commands.run("echo awake").stdout, "awake\n")
        info = sandbox.get_info()
        check(abs((info.end_at - info.started_at).total_seconds() - 300) < 2, info)


@apart("states: what is paused without auto-resume stays paused")
def _():
    with sandbox_of(timeout=2, lifecycle={"on_timeout": "pause"}) as sandbox:
        until(lambda: not sandbox.is_running(), "the pause")
        equal(ask(sandbox)[0], 502)
        equal(sandbox.get_info().state.value, "paused")
