import os
import random
from contextlib import contextmanager

import e2b
from counting import count, start_counter
from kit import VERSION, NotInThisVersion, Sandbox, apart, check, equal, fails, mode, out, sandbox_of
from pausing import boot_id, lasts, of_files, pids


def all_of(paginator):
    rows = []
    while paginator.has_next:
        rows.extend(paginator.next_items())
    return [row.snapshot_id for row in rows]


@contextmanager
def using(sandboxes):
    """Gives the sandboxes and removes them afterwards; errors among them are thrown."""
    try:
        for each in sandboxes:
            if isinstance(each, Exception):
                raise each
        yield sandboxes
    finally:
        for each in sandboxes:
            if not isinstance(each, Exception):
                each.kill()


@apart("snapshots: take, list, start from them, delete")
def _():
    with sandbox_of() as sandbox:
        start_counter(sandbox)
        sandbox.files.write("note", "taken")
        name = f"state-{os.getpid()}-{random.randrange(1 << 30)}"
        first = Sandbox.create_snapshot(sandbox.sandbox_id)
        named = sandbox.create_snapshot(name=name)
        check(first.names == [] and named.names[0].endswith("/" + name), named)
        equal(named.snapshot_id, named.names[0] + ":default")
        equal(all_of(sandbox.list_snapshots(limit=1)), [named.snapshot_id, first.snapshot_id])
        equal(all_of(Sandbox.list_snapshots(name=name)), [named.snapshot_id])
        equal(all_of(Sandbox.list_snapshots(name="no-such")), [])
        # It went on, and what is done now is not in the snapshots.
        equal(count(sandbox), 2)
        sandbox.files.write("note", "later")
        with using([Sandbox.create(named.snapshot_id)]) as (made,):
            check(made.sandbox_id != sandbox.sandbox_id, made.sandbox_id)
            equal((count(made), count(made), made.files.read("note")), (2, 3, "taken"))
            fails(e2b.SandboxException, lambda: Sandbox.delete_snapshot(named.snapshot_id))
        equal((count(sandbox), sandbox.files.read("note")), (3, "later"))
        equal((Sandbox.delete_snapshot(named.snapshot_id), Sandbox.delete_snapshot(named.snapshot_id)), (True, False))
        fails(e2b.SandboxException, lambda: Sandbox.create(named.snapshot_id))
        equal((all_of(sandbox.list_snapshots()), Sandbox.delete_snapshot(first.snapshot_id)), ([first.snapshot_id], True))


@apart("snapshots: without memory")
def _():
    if VERSION < (2, 55):
        raise NotInThisVersion("no option for a snapshot of files only")
    with sandbox_of() as sandbox:
        sandbox.files.write("note", "taken")
        pid = mode.background(sandbox, "sleep 4716", timeout=0).pid
        taken = sandbox.create_snapshot(**of_files())
        equal(pids(sandbox), [pid])
        with using([Sandbox.create(taken.snapshot_id)]) as (made,):
            equal((made.files.read("note"), pids(made)), ("taken", []))
            check(boot_id(made) != boot_id(sandbox), "the boot")
        equal(Sandbox.delete_snapshot(taken.snapshot_id), True)


@apart("fork: children go on, each by itself")
def _():
    with sandbox_of() as sandbox:
        start_counter(sandbox)
        end = sandbox.get_info().end_at
        with using(sandbox.fork(count=2, timeout=60)) as (one, two):
            equal(len({each.sandbox_id for each in (sandbox, one, two)}), 3)
            equal((count(one), count(one), count(two), count(sandbox)), (2, 3, 2, 2))
            one.files.write("note", "of one")
            equal((two.files.exists("note"), sandbox.files.exists("note")), (False, False))
            equal(out(two, "echo $E2B_SANDBOX_ID"), two.sandbox_id + "\n")
            lasts(one, 60)
            equal(sandbox.get_info().end_at, end)
        with using(Sandbox.fork(sandbox.sandbox_id)) as (one,):
            equal(count(one), 3)
        sandbox.pause()
        fails(e2b.SandboxException, sandbox.fork)
