"""Runs the scenarios of the npm package `@e2b/cli` and prints one line of JSON for each.

`python runner.py NODE SCRIPT [WORD]`: the script is the package's program; WORD picks the scenarios whose name contains it.
"""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
import traceback

NODE, SCRIPT = sys.argv[1:3]
DEADLINE_SECONDS = 60
SCENARIOS = []
with open(os.path.join(os.path.dirname(SCRIPT), "..", "package.json")) as package:
    VERSION = tuple(int(part) for part in json.load(package)["version"].split(".")[:2])


class NotInThisVersion(Exception):
    """Says that this version of the program has no such command."""


def scenario(name):
    def register(function):
        SCENARIOS.append((name, function))
        return function

    return register


def cli(*words, code=0, piped=""):
    """What the program prints, which must end with `code`."""
    result = subprocess.run(
        [NODE, SCRIPT, *words], input=piped, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    if result.returncode != code:
        raise AssertionError(f"e2b {' '.join(words)} ended with {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout


def check(good, seen):
    if not good:
        raise AssertionError(f"unexpected: {seen!r}")


ID = r"\bi[a-z0-9]{19}\b"


def create(template="base"):
    return re.search(ID, cli("sandbox", "create", "--detach", template))[0]


class Terminal:
    """The program in a terminal, as a person has it."""

    def __init__(self, *words):
        self.seen = ""
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.execv(NODE, [NODE, SCRIPT, *words])

    def type(self, text):
        os.write(self.file, text.encode())

    def until(self, wanted):
        end = time.monotonic() + DEADLINE_SECONDS
        while wanted not in self.seen:
            if not self._read(end):
                raise AssertionError(f"{wanted!r} did not come: {self.seen!r}")

    def code(self):
        end = time.monotonic() + DEADLINE_SECONDS
        while self._read(end):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self, end):
        if not select.select([self.file], [], [], max(0, end - time.monotonic()))[0]:
            os.kill(self.pid, 9)
            return False
        try:
            data = os.read(self.file, 65536)
        except OSError:
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


class Following:
    """The program while it goes on printing."""

    def __init__(self, *words):
        self.process = subprocess.Popen([NODE, SCRIPT, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def until(self, wanted):
        for line in self.process.stdout:
            if wanted in line:
                return
        raise AssertionError(f"{wanted!r} did not come")

    def ends(self):
        self.process.communicate(timeout=DEADLINE_SECONDS)

    def stop(self):
        self.process.kill()
        self.process.wait()


@scenario("CLI: create, list, info and kill")
def _():
    one, two = create(), create()
    rows = {row["sandboxId"]: row for row in json.loads(cli("sandbox", "list", "--format", "json"))}
    check(one in rows and rows[two]["name"] == "base" and rows[two]["state"] == "running", rows)
    check(one in cli("sandbox", "list"), "the table")
    check(json.loads(cli("sandbox", "info", "--format", "json", one))["sandboxId"] == one, "info")
    check("gone" not in cli("sandbox", "info", one), "info as text")
    killed = cli("sandbox", "kill", one, two)
    check(killed.count("has been killed") == 2, killed)
    check(one not in cli("sandbox", "list", "--format", "json"), "still listed")


@scenario("CLI: pause, resume, and kill of a paused one")
def _():
    sandbox = create()
    listed = lambda state: [row["sandboxId"] for row in json.loads(cli("sandbox", "list", "--state", state, "--format", "json"))]
    mark = cli("sandbox", "exec", sandbox, "echo kept > note; cat /proc/sys/kernel/random/boot_id")
    check("has been paused" in cli("sandbox", "pause", sandbox), "not paused")
    check("is already paused" in cli("sandbox", "pause", sandbox), "not paused already")
    check(sandbox in listed("paused") and sandbox not in listed("running"), "the state")
    check("has been resumed" in cli("sandbox", "resume", sandbox), "not resumed")
    check(sandbox in listed("running"), "the state afterwards")
    check(cli("sandbox", "exec", sandbox, "cat note /proc/sys/kernel/random/boot_id") == "kept\n" + mark, "another state")
    cli("sandbox", "pause", sandbox)
    check("has been killed" in cli("sandbox", "kill", sandbox), "not killed")
    for command in ("pause", "resume"):
        cli("sandbox", command, sandbox, code=1)


@scenario("CLI: create one that pauses at its end and is woken by traffic")
def _():
    lifecycle = ("--lifecycle.ontimeout", "pause", "--lifecycle.autoresume", "--timeout", "60")
    sandbox = re.search(ID, cli("sandbox", "create", "--detach", *lifecycle, "base"))[0]
    info = json.loads(cli("sandbox", "info", "--format", "json", sandbox))
    check(info["lifecycle"] == {"onTimeout": "pause", "autoResume": True}, info)
    cli("sandbox", "kill", sandbox)


@scenario("CLI: snapshots")
def _():
    if VERSION < (2, 19):
        raise NotInThisVersion("no command for snapshots")
    sandbox = create()
    cli("sandbox", "exec", sandbox, "echo taken > note")
    name = f"state-{os.getpid()}-{time.time_ns()}"
    made = cli("sandbox", "snapshot", "create", sandbox, "--name", name)
    snapshot = re.search(rf"[a-z0-9-]+/{name}:default", made)[0]
    rows = json.loads(cli("sandbox", "snapshot", "list", "--format", "json", sandbox))
    check([row["snapshotId"] for row in rows] == [snapshot], rows)
    check(name in cli("sandbox", "snapshot", "list", "--name", name), "the table")
    other = create(snapshot)
    check(cli("sandbox", "exec", other, "cat note") == "taken\n", "other files")
    cli("sandbox", "kill", other, sandbox)
    check("has been deleted" in cli("sandbox", "snapshot", "delete", snapshot), "not deleted")
    check("No snapshots found" in cli("sandbox", "snapshot", "list", "--name", name), "still there")


@scenario("CLI: exec, with its options, output and exit code")
def _():
    sandbox = create()
    seen = cli("sandbox", "exec", "-u", "root", "-c", "/tmp", "-e", "A=b", sandbox, "id -un; pwd; echo $A; exit 3", code=3)
    check(seen == "root\n/tmp\nb\n", seen)
    cli("sandbox", "exec", "--background", sandbox, "sleep 1; touch /tmp/later")
    check(cli("sandbox", "exec", sandbox, "until [ -e /tmp/later ]; do sleep 0.1; done; echo there") == "there\n", "later")
    cli("sandbox", "kill", sandbox)


@scenario("CLI: exec with piped input")
def _():
    sandbox = create()
    text = "".join(f"line {i}\n" for i in range(20_000))
    seen = cli("sandbox", "exec", sandbox, "wc -l; echo end", piped=text)
    check(seen == "20000\nend\n", seen)
    cli("sandbox", "kill", sandbox)


@scenario("CLI: create and connect open a terminal")
def _():
    made = Terminal("sandbox", "create", "base")
    made.until("$ ")
    made.type("echo sum $((40 + 2)) $E2B_SANDBOX_ID.\n")
    made.until("sum 42 ")
    made.until(".")
    made.type("exit\n")
    check(made.code() == 0, made.seen)
    sandbox = create()
    there = Terminal("sandbox", "connect", sandbox)
    there.until("$ ")
    there.type("tty; echo $E2B_SANDBOX_ID > mark; echo d''one\n")
    there.until("done")
    check("/dev/pts/" in there.seen, there.seen)
    there.type("exit\n")
    check(there.code() == 0, there.seen)
    check(cli("sandbox", "exec", sandbox, "cat mark").strip() == sandbox, "another sandbox")
    cli("sandbox", "kill", sandbox)


@scenario("CLI: metrics")
def _():
    sandbox = create()
    following = Following("sandbox", "metrics", "--follow", "--format", "json", sandbox)
    following.until('"memTotal":1073741824')
    samples = [json.loads(line) for line in cli("sandbox", "metrics", "--format", "json", sandbox).splitlines() if line.strip()]
    check(samples and samples[0]["cpuCount"] == 2, samples)
    # The program looks once whether the sandbox runs, so it would go on after a kill, too.
    following.stop()
    cli("sandbox", "kill", sandbox)


@scenario("CLI: logs, also while they come")
def _():
    sandbox = create()
    following = Following("sandbox", "logs", "--follow", "--format", "json", sandbox)
    following.until("Sandbox created")
    cli("sandbox", "exec", sandbox, "true some-mark")
    following.until("some-mark")
    rows = [json.loads(line) for line in cli("sandbox", "logs", "--format", "json", sandbox).splitlines() if line.strip()]
    check(any("some-mark" in row["message"] for row in rows) and all(row["level"] and row["timestamp"] for row in rows), rows)
    check("some-mark" in cli("sandbox", "logs", "--loggers", "process", sandbox), "logs as text")
    cli("sandbox", "kill", sandbox)
    following.ends()


@scenario("CLI: templates")
def _():
    check("base" in json.loads(cli("template", "list", "--format", "json"))[0]["names"], "no base")
    check("base" in cli("template", "list"), "the table")


@scenario("CLI: an unknown sandbox is an error")
def _():
    unknown = "iunknownsandbox00001"
    for command in (("info", unknown), ("exec", unknown, "true"), ("connect", unknown)):
        cli("sandbox", *command, code=1)


def outcome(run):
    try:
        run()
        return "WORKS", ""
    except NotInThisVersion as e:
        return "ABSENT", str(e)
    except BaseException:
        return "FAILS", traceback.format_exc()


for name, run in SCENARIOS:
    if len(sys.argv) < 4 or sys.argv[3] in name:
        started = time.monotonic()
        state, why = outcome(run)
        print(json.dumps({"scenario": name, "state": state, "why": why, "milliseconds": round((time.monotonic() - started) * 1000)}), flush=True)
