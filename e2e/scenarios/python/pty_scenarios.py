import re

import e2b
from kit import NotInThisVersion, check, equal, fails, mode, scenario, until


def typing(sandbox, shell):
    return lambda text: sandbox.pty.send_stdin(shell.pid, text.encode())


@scenario("pty: a shell answers and ends with its code")
def _(sandbox):
    shell = mode.terminal(sandbox)
    write = typing(sandbox, shell)
    write("tty; echo sum $((40 + 2))\n")
    until(lambda: "sum 42" in shell.text, "the sum")
    check(re.search(r"/dev/pts/\d", shell.text), shell.text)
    write("exit 6\n")
    equal(fails(e2b.CommandExitException, shell.end).exit_code, 6)


@scenario("pty: size, and a new size")
def _(sandbox):
    shell = mode.terminal(sandbox, cols=91, rows=33)
    write = typing(sandbox, shell)
    write("stty size\n")
    until(lambda: "33 91" in shell.text, "the size")
    sandbox.pty.resize(shell.pid, e2b.PtySize(rows=40, cols=132))
    write("stty size\n")
    until(lambda: "40 132" in shell.text, "the new size")
    equal(sandbox.pty.kill(shell.pid), True)


@scenario("pty: variables, folder and user")
def _(sandbox):
    shell = mode.terminal(sandbox, envs={"WORD": "wörd"}, cwd="/var", user="root")
    typing(sandbox, shell)('echo "<$WORD $(pwd) $(id -un) $TERM>"\n')
    until(lambda: "<wörd /var root xterm-256color>" in shell.text, "the line")
    equal(sandbox.pty.kill(shell.pid), True)


@scenario("pty: connect, control characters and kill")
def _(sandbox):
    shell = mode.terminal(sandbox)
    second = mode.reconnect_terminal(sandbox, shell.pid)
    write = typing(sandbox, shell)
    # One process says that it is ready and sleeps: it is in the foreground by then.
    write('sh -c "echo re\'\'ady; exec sleep 4713"; echo int"errupted"\n')
    until(lambda: "ready" in second.text, "the shell")
    write("\x03")
    write("echo after $?\n")
    until(lambda: "after 130" in second.text, "the code of an interrupted command")
    equal(sandbox.pty.kill(shell.pid), True)
    fails(e2b.CommandExitException, second.end)
    equal(sandbox.pty.kill(shell.pid), False)


@scenario("pty: input as a stream")
def _(sandbox):
    if not hasattr(sandbox.pty, "stream_input"):
        raise NotInThisVersion("no call for input as a stream")
    shell = mode.terminal(sandbox)
    mode.stream_input(sandbox.pty, shell.pid, ["echo stre", b"amed $((1 + 1))\n", "exit 7\n"])
    equal(fails(e2b.CommandExitException, shell.end).exit_code, 7)
    check("streamed 2" in shell.text, shell.text)
