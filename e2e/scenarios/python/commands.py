import e2b
from kit import NotInThisVersion, check, equal, fails, mode, out, scenario, until


@scenario("commands: output, errors and exit code")
def _(sandbox):
    good = sandbox.commands.run("echo out; echo err >&2")
    equal((good.stdout, good.stderr, good.exit_code), ("out\n", "err\n", 0))
    bad = fails(e2b.CommandExitException, lambda: sandbox.commands.run("echo half; echo why >&2; exit 3"))
    equal((bad.stdout, bad.stderr, bad.exit_code), ("half\n", "why\n", 3))


@scenario("commands: variables, folder and user")
def _(sandbox):
    seen = out(sandbox, 'echo "$A"; echo $HOME; pwd; id -un', envs={"A": 'ä "b" $c'})
    equal(seen, 'ä "b" $c\n/home/user\n/home/user\nuser\n')
    equal(out(sandbox, "id -un; pwd", user="root", cwd="/tmp"), "root\n/tmp\n")
    equal(out(sandbox, "echo $E2B_SANDBOX_ID"), sandbox.sandbox_id + "\n")


@scenario("commands: a folder that is not there is an invalid argument")
def _(sandbox):
    fails(e2b.InvalidArgumentException, lambda: sandbox.commands.run("pwd", cwd="/nowhere"))


@scenario("commands: a timeout ends the command")
def _(sandbox):
    fails(e2b.TimeoutException, lambda: sandbox.commands.run("sleep 4711", timeout=0.7))
    until(lambda: all("sleep 4711" not in " ".join(p.args) for p in sandbox.commands.list()), "the end of sleep")


@scenario("commands: output comes while the command runs")
def _(sandbox):
    running = mode.background(sandbox, "echo first; until [ -e /tmp/go-on ]; do sleep 0.05; done; echo second >&2")
    until(lambda: len(running.pieces) == 1, "the first line")
    sandbox.files.write("/tmp/go-on", "")
    result = running.end()
    equal((running.pieces, result.stdout, result.stderr), (["first\n", "second\n"], "first\n", "second\n"))
    seen = []
    sandbox.commands.run("echo a; echo b >&2", on_stdout=lambda t: seen.append("out " + t), on_stderr=lambda t: seen.append("err " + t))
    equal(sorted(seen), ["err b\n", "out a\n"])
    sandbox.files.remove("/tmp/go-on")


@scenario("commands: 20 MB of output arrive whole")
def _(sandbox):
    text = out(sandbox, "head -c 20000000 /dev/zero | tr '\\0' x; echo; echo end")
    equal((len(text), text[-6:]), (20_000_005, "x\nend\n"))


@scenario("commands: characters cut in two arrive whole")
def _(sandbox):
    equal(out(sandbox, "printf '\\303'; sleep 0.2; printf '\\244 \\360\\237'; sleep 0.2; printf '\\230\\200\\n'"), "ä 😀\n")


@scenario("commands: background, list, wait and kill")
def _(sandbox):
    quick = sandbox.commands.run("sleep 0.1; echo done; exit 5", background=True)
    error = fails(e2b.CommandExitException, quick.wait)
    equal((error.stdout, error.exit_code), ("done\n", 5))
    slow = sandbox.commands.run("sleep 4712", background=True, timeout=0, envs={"MARK": "m"}, cwd="/tmp")
    row = next(p for p in sandbox.commands.list() if p.pid == slow.pid)
    equal((row.cmd, row.args[-1], row.envs["MARK"], row.cwd), ("/bin/bash", "sleep 4712", "m", "/tmp"))
    equal(slow.kill(), True)
    check(fails(e2b.CommandExitException, slow.wait).exit_code != 0, slow)
    equal(sandbox.commands.kill(slow.pid), False)
    check(all(p.pid != slow.pid for p in sandbox.commands.list()), "still listed")


@scenario("commands: connect to a running one, leave it running")
def _(sandbox):
    first = sandbox.commands.run("cat; exit 4", background=True, stdin=True, timeout=0)
    second = mode.reconnect(sandbox, first.pid)
    sandbox.commands.send_stdin(first.pid, "ping\n")
    until(lambda: second.text == "ping\n", "the first line")
    first.disconnect()
    sandbox.commands.send_stdin(first.pid, "pong\n")
    until(lambda: second.text == "ping\npong\n", "the second line")
    sandbox.commands.close_stdin(first.pid)
    equal(fails(e2b.CommandExitException, second.end).exit_code, 4)


@scenario("commands: standard input, also bytes, and its end")
def _(sandbox):
    command = sandbox.commands.run("wc -c; echo end", background=True, stdin=True)
    sandbox.commands.send_stdin(command.pid, "grün")
    command.send_stdin(b"\x00\xff\n")
    command.close_stdin()
    equal(command.wait().stdout, "8\nend\n")


@scenario("commands: input to a command that has ended fails")
def _(sandbox):
    command = sandbox.commands.run("true", background=True, stdin=True)
    command.wait()
    fails(Exception, lambda: sandbox.commands.send_stdin(command.pid, "late"))


@scenario("commands: input as a stream")
def _(sandbox):
    if not hasattr(sandbox.commands, "stream_input"):
        raise NotInThisVersion("no call for input as a stream")
    command = mode.background(sandbox, "cat; echo end", stdin=True, timeout=0)
    mode.stream_input(sandbox.commands, command.pid, ["one\n", b"two\n", "x" * 300_000 + "\n"])
    sandbox.commands.close_stdin(command.pid)
    equal(len(command.end().stdout), 300_001 + 8 + 4)
    fails(e2b.NotFoundException, lambda: mode.stream_input(sandbox.commands, command.pid, ["late"]))
