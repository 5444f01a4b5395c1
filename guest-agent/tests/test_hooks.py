"""PROTOCOL.md §4: HOOKS."""

import os
import shutil

from agent import *
from test_handshake import init_payload

BEFORE_SNAPSHOT, AFTER_RESTORE, AFTER_FORK = 1, 2, 3
FOLDERS = {BEFORE_SNAPSHOT: "before-snapshot.d", AFTER_RESTORE: "after-restore.d", AFTER_FORK: "after-fork.d"}
HOOKS_FOLDER = "/etc/caisson/hooks"


@needs_root
class Hooks(AgentTest):
    def setUp(self):
        self.trace = self.path("trace")
        shutil.rmtree(self.agent.inside(HOOKS_FOLDER), ignore_errors=True)
        with open(self.trace, "w"):
            pass

    def hook(self, name, script, moment=AFTER_RESTORE, mode=0o755):
        folder = self.agent.inside(f"{HOOKS_FOLDER}/{FOLDERS[moment]}")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        with open(path, "w") as f:
            f.write(script)
        os.chmod(path, mode)

    def run_hooks(self, moment=AFTER_RESTORE, milliseconds=60_000):
        return self.results(self.agent.ask(HOOKS, u8(moment) + u32(milliseconds)))

    @staticmethod
    def results(answer):
        found = [(answer.string(), answer.i32(), bool(answer.u8())) for _ in range(answer.u32())]
        answer.done()
        return found

    def traced(self):
        with open(self.trace) as f:
            return f.read().split()

    def ended(self, pid):
        try:
            with open(f"/proc/{pid}/stat") as f:
                return f.read().rsplit(")", 1)[1].split()[0] == "Z"
        except FileNotFoundError:
            return True

    def test_where_there_are_none_there_is_nothing_to_do(self):
        self.assertEqual(self.run_hooks(), [])
        self.hook("other", "#!/bin/sh\n", moment=AFTER_FORK)
        self.assertEqual(self.run_hooks(), [])

    def test_they_run_in_the_order_of_their_names_and_say_how_they_ended(self):
        self.hook("b", f"#!/bin/sh\necho b >>{self.trace}; exit 3\n")
        self.hook("Z", f"#!/bin/sh\necho Z >>{self.trace}\n")
        self.hook("10", f"#!/bin/sh\necho 10 >>{self.trace}; kill -TERM $$\n")
        self.hook("c", "#!/no/such/interpreter\n")
        self.hook("d", f"echo d >>{self.trace}\n")  # no #!: the shell's
        self.hook("not-executable", f"#!/bin/sh\necho wrong >>{self.trace}\n", mode=0o644)
        os.mkdir(self.agent.inside(f"{HOOKS_FOLDER}/after-restore.d/folder"))
        self.assertEqual(self.run_hooks(), [("10", 143, False), ("Z", 0, False), ("b", 3, False), ("c", 127, False), ("d", 0, False)])
        self.assertEqual(self.traced(), ["10", "Z", "b", "d"])

    def test_each_runs_as_root_in_a_session_of_its_own_with_the_default_environment(self):
        self.agent.ask(INIT, init_payload(environment={"GREETING": "hello"}, user="alice"))
        self.hook("hook", "#!/bin/sh\necho output; echo errors >&2\n"
                          f"{{ id -u; pwd; echo $GREETING $E2B_SANDBOX_ID $HOME; cat; ps -o sid= -p $$ | tr -d ' '; echo $$; }} >>{self.trace}\n")
        try:
            self.assertEqual(self.run_hooks(), [("hook", 0, False)])
        finally:
            self.agent.ask(INIT, init_payload(user="root"))
        said = self.traced()
        self.assertEqual(said[:5], ["0", "/", "hello", "sb", "/root"])
        self.assertEqual(said[5], said[6])

    def test_whoever_runs_longer_is_killed_with_his_group_and_the_rest_does_not_run(self):
        self.hook("a", "#!/bin/sh\n")
        self.hook("b", f"#!/bin/sh\nsleep 1000 & echo $! $$ >>{self.trace}; wait\n")
        self.hook("c", f"#!/bin/sh\necho wrong >>{self.trace}\n")
        self.assertEqual(self.run_hooks(milliseconds=3000), [("a", 0, False), ("b", 137, True), ("c", 126, True)])
        pids = self.traced()
        self.assertEqual(len(pids), 2)
        for pid in pids:
            wait_until(lambda: self.ended(pid), "it was killed")

    def test_the_agent_serves_others_meanwhile(self):
        self.hook("hook", f"#!/bin/sh\nuntil [ -e {self.trace}.go ]; do sleep 0.05; done\n")
        with self.agent.link() as link:
            link.send(HOOKS, u8(AFTER_RESTORE) + u32(60_000))
            self.agent.ask(PING)
            self.assertEqual(self.run_hooks(AFTER_FORK), [])
            open(self.trace + ".go", "w").close()
            self.assertEqual(self.results(link.expect(DONE)), [("hook", 0, False)])

    def test_a_host_that_goes_away_ends_the_one_that_runs(self):
        self.hook("a", f"#!/bin/sh\necho $$ >>{self.trace}; exec sleep 1000\n")
        self.hook("b", f"#!/bin/sh\necho wrong >>{self.trace}\n")
        link = self.agent.link()
        link.send(HOOKS, u8(AFTER_RESTORE) + u32(60_000))
        pid = wait_until(self.traced, "the hook runs")[0]
        link.close()
        wait_until(lambda: self.ended(pid), "the hook was killed")
        self.assertEqual(self.run_hooks(AFTER_FORK), [])
        self.assertEqual(self.traced(), [pid])

    def test_no_more_than_the_first_64_run(self):
        for i in reversed(range(70)):
            self.hook(f"hook-{i:02}", "#!/bin/sh\n")
        self.assertEqual(self.run_hooks(), [(f"hook-{i:02}", 0, False) for i in range(64)])

    def test_an_unknown_moment_and_a_deadline_without_sense_are_refused(self):
        for payload in (u8(0) + u32(1), u8(4) + u32(1), u8(1) + u32(0), u8(1) + u32(3_600_001)):
            with self.refused(INVALID):
                self.agent.ask(HOOKS, payload)
