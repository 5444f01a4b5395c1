import e2b
from kit import Sandbox, apart, check, equal, fails, mode, sandbox_of, scenario, until


def seen(events):
    return [f"{e.type.value} {e.name}" for e in events()]


@scenario("watching: changes in a folder")
def _(sandbox):
    sandbox.files.make_dir("watched/below")
    events, stop = mode.watch(sandbox, "watched")
    sandbox.files.write("watched/new", "x")
    sandbox.files.write("watched/below/unseen", "x")
    sandbox.files.rename("watched/new", "watched/newer")
    sandbox.files.remove("watched/newer")
    until(lambda: "remove newer" in seen(events), "the removal")
    equal(seen(events)[:4], ["create new", "chmod new", "write new", "rename new"])
    check(all("unseen" not in e for e in seen(events)), seen(events))
    stop()


@scenario("watching: folders below, with what changed")
def _(sandbox):
    sandbox.files.make_dir("deep/one")
    events, stop = mode.watch(sandbox, "deep", recursive=True, include_entry=True)
    sandbox.files.write("deep/one/file", "abc")
    sandbox.files.make_dir("deep/one/two")
    until(lambda: "create one/two" in seen(events), "the new folder")
    sandbox.files.write("deep/one/two/file", "abcd")
    until(lambda: "write one/two/file" in seen(events), "the file in it")
    entry = next(e for e in events() if e.name == "one/file" and e.type.value == "write").entry
    equal((entry.path, entry.size, entry.owner), ("/home/user/deep/one/file", 3, "user"))
    stop()


@scenario("watching: what is not there, and what is no folder")
def _(sandbox):
    sandbox.files.write("plain", "")
    fails(e2b.FileNotFoundException, lambda: mode.watch(sandbox, "no-folder"))
    fails(e2b.SandboxException, lambda: mode.watch(sandbox, "plain"))


@apart("watching: the end of the sandbox ends it with an error")
def _():
    with sandbox_of() as sandbox:
        ends = []
        if Sandbox is e2b.Sandbox:
            events, _ = mode.watch(sandbox, ".")
            sandbox.kill()
            fails(e2b.TimeoutException, events)
        else:
            sandbox.files.watch_dir(".", on_event=lambda e: None, on_exit=ends.append, timeout=0)
            sandbox.kill()
            until(lambda: ends, "the end")
            check(isinstance(ends[0], e2b.SandboxException), ends)
