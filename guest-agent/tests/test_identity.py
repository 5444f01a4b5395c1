"""PROTOCOL.md §4: INIT, the environment, statistics, the deadline."""

import os
import socket
import time

from agent import *
from test_handshake import init_payload


class Identity(AgentTest):
    def environment_of_a_process(self, **options):
        outputs, _ = self.agent.spawn("env", **options).run()
        return dict(line.split("=", 1) for line in outputs[STDOUT].decode().splitlines())

    def test_environment_is_replaced_as_a_whole_and_protects_its_own_names(self):
        self.agent.ask(INIT, init_payload(environment={"A": "1", "B": "2", "E2B_SANDBOX": "no", "E2B_SANDBOX_ID": "x"}))
        listed = self.agent.ask(ENVIRONMENT).mapping()
        self.assertEqual(listed, {"A": "1", "B": "2", "E2B_SANDBOX": "true", "E2B_SANDBOX_ID": "sb", "E2B_TEMPLATE_ID": "tp"})
        self.agent.ask(INIT, init_payload(environment={"C": "3"}))
        self.assertEqual(set(self.agent.ask(ENVIRONMENT).mapping()),
                         {"C", "E2B_SANDBOX", "E2B_SANDBOX_ID", "E2B_TEMPLATE_ID"})

    def test_processes_get_path_then_user_then_init_then_request(self):
        self.agent.ask(INIT, init_payload(environment={"A": "init", "B": "init", "HOME": "/tmp"}))
        got = self.environment_of_a_process(environment={"B": "request", "E2B_SANDBOX_ID": "mine"}, folder="/")
        self.assertEqual((got["A"], got["B"], got["HOME"], got["E2B_SANDBOX_ID"]), ("init", "request", "/tmp", "mine"))
        self.assertTrue(got["PATH"])
        self.assertEqual(got["USER"], got["LOGNAME"])
        self.assertNotIn("SECRET_OF_THE_AGENT", got)
        self.assertFalse([name for name in got if name.startswith("CAISSON")])

    def test_an_unknown_default_user_changes_nothing(self):
        before = self.agent.ask(ENVIRONMENT).rest()
        with self.refused(INVALID):
            self.agent.ask(INIT, init_payload(user="nosuchuser", environment={"X": "1"}))
        with self.refused(INVALID):
            self.agent.ask(INIT, init_payload(environment={"X=": "1"}))
        self.assertEqual(self.agent.ask(ENVIRONMENT).rest(), before)

    @needs_root
    def test_default_user_and_folder_hold_for_what_names_none(self):
        try:
            self.agent.ask(INIT, init_payload(user="alice", folder="/usr"))
            outputs, _ = self.agent.shell("id -un; pwd").run()
            self.assertEqual(outputs[STDOUT], b"alice\n/usr\n")
            self.assertEqual(self.agent.ask(RESOLVE, string("") + string("")).string(), "/usr")
            self.assertEqual(self.agent.ask(RESOLVE, string("") + string("x/../y")).string(), self.agent.home + "/y")
        finally:
            self.agent.ask(INIT, init_payload(user="root"))
        self.assertEqual(self.agent.ask(RESOLVE, string("") + string("")).string(), "/root")

    def test_stats_are_plausible(self):
        s = self.agent.ask(STATS)
        cpus, uptime, busy = s.u32(), s.u64(), s.u64()
        total, available, cache = s.u64(), s.u64(), s.u64()
        disk, free = s.u64(), s.u64()
        processes = s.u32()
        s.done()
        self.assertEqual(cpus, len(os.sched_getaffinity(0)))
        self.assertGreater(uptime, 0)
        self.assertGreater(busy, 0)
        self.assertTrue(total > available > 0 and total > cache)
        self.assertTrue(disk > free > 0)
        self.assertGreater(processes, 0)


class Deadline(AgentTest):
    def test_silence_stops_the_processes_and_contact_starts_the_count_anew(self):
        process = self.agent.spawn("sleep", ["100"])
        self.agent.ask(DEADLINE, u64(2))
        armed = time.monotonic()
        while time.monotonic() < armed + 3:
            self.agent.ask(PING)
            time.sleep(0.1)  # this contact is what is tested
        self.assertIn(process.pid, self.agent.processes())
        self.assertEqual(process.run()[1], (-1, 9, 0))
        self.agent.ask(DEADLINE, u64(0))
        process.link.close()


@needs_root
class FirstProcess(AgentTest):
    """The agent as PID 1 of its own namespaces."""

    first = True

    def test_init_writes_facts_and_sets_the_host_name(self):
        self.agent.ask(INIT, init_payload(hostname="e2b.local", sandbox="sandbox-1", template="template-1"))
        outputs, _ = self.agent.shell(
            "cat /run/e2b/.E2B_SANDBOX; echo; cat /run/e2b/.E2B_SANDBOX_ID; echo; cat /run/e2b/.E2B_TEMPLATE_ID; echo;"
            " hostname; stat -c %a /run/e2b /run/e2b/.E2B_SANDBOX /run/e2b/.E2B_SANDBOX_ID; echo $$", folder="/").run()
        lines = outputs[STDOUT].decode().split()
        self.assertEqual(lines[:4], ["true", "sandbox-1", "template-1", "e2b.local"])
        self.assertEqual(lines[4:7], ["755", "444", "644"])

    def test_orphans_are_reaped(self):
        outputs, _ = self.agent.shell("(sh -c 'exec sleep 0.2' &) ; exec true", folder="/").run()
        self.assertEqual(outputs[STDERR], b"")

        def no_zombies():
            found, _ = self.agent.shell("ps -eo stat=,comm= | grep ^Z | grep -v ' ps' || true", folder="/").run()
            return found[STDOUT] == b""
        wait_until(no_zombies, "no zombie is left")

    def test_deadline_kills_everything_but_the_agent(self):
        daemon, _ = self.agent.shell("setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!", folder="/").run()
        process = self.agent.spawn("sleep", ["1000"], folder="/")
        self.agent.ask(DEADLINE, u64(1))
        self.assertEqual(process.run()[1], (-1, 9, 0))
        process.link.close()
        self.agent.ask(DEADLINE, u64(0))

        def daemon_is_gone():
            check, _ = self.agent.shell(f"kill -0 {daemon[STDOUT].decode().strip()} 2>&1 || echo gone", folder="/").run()
            return b"gone" in check[STDOUT]
        wait_until(daemon_is_gone, "the daemon was killed and reaped")

    def test_termination_does_not_end_it(self):
        outputs, status = self.agent.shell("kill -TERM 1; kill -INT 1; echo sent", folder="/").run()
        self.assertEqual(outputs[STDOUT], b"sent\n")
        self.agent.ask(PING)
