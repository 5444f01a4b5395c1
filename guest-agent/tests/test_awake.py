"""PROTOCOL.md §4: AWAKE, and what a jump of the clock does."""

import os
import re
import signal
import socket
import time

from agent import *
from test_handshake import init_payload


def awake_payload(key=b"", sandbox="sb2", template="tp2", copy=False, entropy=None, deadline=0, now=None):
    return (string(sandbox) + string(template) + u8(copy) + i64(int(time.time()) if now is None else now) + u32(0)
            + string(os.urandom(32) if entropy is None else entropy) + string(key) + u64(deadline))


class Awake(AgentTest):
    def tearDown(self):
        self.agent.ask(INIT, init_payload())

    def assert_closed(self, link):
        with self.assertRaises((Closed, ConnectionResetError)):
            while True:
                link.frame()
        link.close()

    def test_only_the_ids_of_the_environment_are_replaced(self):
        self.agent.ask(INIT, init_payload(environment={"A": "1", "B": "2"}))
        before = self.agent.shell("read line; echo $E2B_SANDBOX_ID", input=True, folder="/")
        self.agent.ask(AWAKE, awake_payload())
        self.assertEqual(self.agent.ask(ENVIRONMENT).mapping(),
                         {"A": "1", "B": "2", "E2B_SANDBOX": "true", "E2B_SANDBOX_ID": "sb2", "E2B_TEMPLATE_ID": "tp2"})
        outputs, _ = self.agent.shell("echo $A $E2B_SANDBOX_ID $E2B_TEMPLATE_ID", folder="/").run()
        self.assertEqual(outputs[STDOUT], b"1 sb2 tp2\n")
        self.assert_closed(before.link)
        again = Process(self.agent.link(), ATTACH, by_pid(before.pid) + i64(0))
        self.agent.input(by_pid(before.pid), b"\n")
        self.assertEqual(again.run()[0][STDOUT], b"sb\n")
        again.link.close()

    @needs_root
    def test_default_user_and_folder_stay(self):
        self.agent.ask(INIT, init_payload(user="alice", folder="/usr"))
        self.agent.ask(AWAKE, awake_payload())
        try:
            outputs, _ = self.agent.shell("id -un; pwd").run()
            self.assertEqual(outputs[STDOUT], b"alice\n/usr\n")
        finally:
            self.agent.ask(INIT, init_payload(user="root"))

    def test_a_malformed_one_changes_nothing(self):
        before = self.agent.ask(ENVIRONMENT).rest()
        with self.agent.link() as other:
            other.ask(PING)
            for payload in (awake_payload(entropy=b"e" * 15), awake_payload(entropy=b"e" * 257), awake_payload(key=b"short"),
                            awake_payload(now=-1), awake_payload(now=-2**63), awake_payload(now=253402300800), awake_payload()[:-1]):
                with self.refused(INVALID):
                    self.agent.ask(AWAKE, payload)
            other.ask(PING)
        self.assertEqual(self.agent.ask(ENVIRONMENT).rest(), before)

    def test_processes_go_on_and_their_output_can_be_had_again(self):
        process = self.agent.shell("echo before; read line; echo after; exit 5", input=True, tag="kept", folder="/")
        process.until(b"before\n")
        self.agent.ask(AWAKE, awake_payload())
        self.assert_closed(process.link)
        again = Process(self.agent.link(), ATTACH, by_tag("kept") + i64(0))
        self.assertEqual((again.pid, again.offset), (process.pid, 0))
        self.agent.input(by_tag("kept"), b"\n")
        outputs, status = again.run()
        self.assertEqual((outputs[STDOUT], status), (b"before\nafter\n", (5, 0, 0)))
        again.link.close()

    def test_a_subscriber_that_did_not_read_holds_nobody_up_any_more(self):
        process = self.agent.shell("head -c 20000000 /dev/zero; echo written >&2", folder="/")
        self.agent.ask(AWAKE, awake_payload())
        process.link.close()
        again = Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(-1))
        while again.event() is not None:
            pass
        self.assertEqual(again.exit, (0, 0, 0))
        again.link.close()

    def test_a_half_sent_input_is_dropped_and_the_next_one_taken(self):
        process = self.agent.spawn("cat", input=True, folder="/")
        half = self.agent.link()
        half.raw(half.make(INPUT, by_pid(process.pid) + u8(0)) + half.make(DATA, b"half "))
        process.until(b"half ")
        self.agent.ask(AWAKE, awake_payload())
        self.assert_closed(half)
        again = Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(-1))
        self.agent.input(by_pid(process.pid), b"whole")
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        self.assertEqual(again.run()[0][STDOUT], b"whole")
        again.link.close()
        process.link.close()

    def test_what_a_worker_has_is_closed_too(self):
        upload = self.agent.link()
        upload.send(WRITE, string("") + string(self.path("upload")) + mapping({}))
        wait_until(lambda: os.path.exists(self.path("upload")), "the file is open")
        self.agent.ask(AWAKE, awake_payload())
        self.assert_closed(upload)

    def test_polled_watchers_stay_and_live_ones_end(self):
        folder = self.path("watched")
        os.mkdir(folder)
        watch = string("") + string(folder) + u8(0) + u8(0) + u8(0)
        live = self.agent.link()
        live.ask(WATCH, watch)
        watcher = self.agent.ask(CREATE_WATCHER, watch).string()
        self.agent.ask(AWAKE, awake_payload())
        self.assert_closed(live)
        open(os.path.join(folder, "new"), "w").close()
        with self.agent.link() as link:
            events = link.collect(WATCHER_EVENTS, string(watcher), EVENT)
        self.assertEqual(events[0].string(), "new")
        self.agent.ask(REMOVE_WATCHER, string(watcher))

    def test_served_ports_are_free_at_once(self):
        serving = self.agent.link()
        port = serving.ask(SERVE, string("127.0.0.1") + u16(0)).u16()
        taken = socket.create_connection(("127.0.0.1", port))
        accepted = self.agent.link()
        accepted.ask(ACCEPT, u64(serving.expect(INCOMING).u64()))
        waiting = socket.create_connection(("127.0.0.1", port))
        serving.expect(INCOMING)
        with self.agent.link() as link:
            link.ask(AWAKE, awake_payload())
            self.assertEqual(link.ask(SERVE, string("127.0.0.1") + u16(port)).u16(), port)
            fresh = socket.create_connection(("127.0.0.1", port))
            link.expect(INCOMING)
            fresh.close()
        for old in (taken, waiting):
            with self.assertRaises(ConnectionResetError):
                old.recv(1)
            old.close()
        self.assert_closed(serving)
        with self.assertRaises(ConnectionResetError):
            accepted.socket.recv(1)
        accepted.close()

    def test_dialled_connections_end_on_both_sides(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            link = self.agent.link()
            link.ask(DIAL, string("") + u16(server.getsockname()[1]))
            connection, _ = server.accept()
            with connection:
                self.agent.ask(AWAKE, awake_payload())
                for end in (connection, link.socket):
                    with self.assertRaises(ConnectionResetError):
                        end.recv(1)
            link.close()

    def test_a_host_that_lost_the_answer_repeats_it_with_the_old_key(self):
        old, new = self.agent.key, os.urandom(32)
        payload = awake_payload(key=new)
        self.agent.ask(AWAKE, payload)
        with self.refused(DENIED):
            self.agent.ask(PING)
        with self.agent.link() as link:
            link.ask(AWAKE, payload)
            link.ask(PING)
        self.agent.key = new
        self.agent.ask(PING)
        with self.assertRaises((Closed, ConnectionError)):
            with Link(self.agent.port, old) as link:
                link.ask(AWAKE, payload)

    def test_the_deadline_it_brings_counts_from_now(self):
        process = self.agent.spawn("sleep", ["100"], folder="/")
        self.agent.ask(AWAKE, awake_payload(deadline=1))

        def ended():
            try:
                with open(f"/proc/{process.pid}/stat") as f:
                    return f.read().rsplit(")", 1)[1].split()[0] == "Z"
            except FileNotFoundError:
                return True
        wait_until(ended, "the deadline stopped the process")
        self.agent.ask(DEADLINE, u64(0))
        process.link.close()


class Absence(AgentTest):
    """An agent that is stopped for a while finds its clock ahead, as one in a saved sandbox does."""

    def stop_for(self, seconds):
        self.agent.process.send_signal(signal.SIGSTOP)
        back = time.monotonic() + seconds
        wait_until(lambda: time.monotonic() > back, "time passes")
        self.agent.process.send_signal(signal.SIGCONT)

    def test_the_deadline_waits_for_a_host_to_come_back(self):
        process = self.agent.spawn("cat", input=True, folder="/")
        self.agent.ask(DEADLINE, u64(2))
        self.stop_for(4)
        self.agent.ask(DEADLINE, u64(0))
        self.agent.input(by_pid(process.pid), b"alive")
        process.until(b"alive")
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        self.assertEqual(process.run()[1], (0, 0, 0))
        process.link.close()

    def test_timers_start_anew(self):
        late = self.agent.link(authenticate=False)
        self.stop_for(8)
        self.agent.ask(PING)
        late.raw(late.auth_frame())
        late.ask(PING)
        late.close()


@needs_root
class FirstProcessAwake(AgentTest):
    first = True

    def guest(self, script):
        outputs, status = self.agent.shell(script, folder="/").run()
        self.assertEqual(status, (0, 0, 0), outputs)
        return outputs[STDOUT].decode().split()

    def machine_id(self):
        with open(self.agent.inside("/etc/machine-id")) as f:
            return f.read()

    def set_machine_id(self, text):
        with open(self.agent.inside("/etc/machine-id"), "w") as f:
            f.write(text)

    def test_facts_are_written_anew_and_the_host_name_stays(self):
        self.agent.ask(INIT, init_payload(hostname="e2b.local", sandbox="one", template="two"))
        self.agent.ask(AWAKE, awake_payload(sandbox="three", template="four", copy=True))
        self.assertEqual(self.guest("cat /run/e2b/.E2B_SANDBOX; echo; cat /run/e2b/.E2B_SANDBOX_ID; echo;"
                                    " cat /run/e2b/.E2B_TEMPLATE_ID; echo; hostname"), ["true", "three", "four", "e2b.local"])

    def test_a_copy_gets_a_machine_id_that_is_the_same_for_the_same_entropy(self):
        old = "0123456789abcdef0123456789abcdef\n"
        self.set_machine_id(old)
        self.agent.ask(AWAKE, awake_payload())
        self.assertEqual(self.machine_id(), old)
        entropy = os.urandom(32)
        self.agent.ask(AWAKE, awake_payload(copy=True, entropy=entropy))
        new = self.machine_id()
        self.assertTrue(re.fullmatch("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}\n", new), new)
        self.agent.ask(AWAKE, awake_payload(copy=True, entropy=entropy))
        self.assertEqual(self.machine_id(), new)
        self.agent.ask(AWAKE, awake_payload(copy=True))
        self.assertNotEqual(self.machine_id(), new)

    def test_a_guest_without_a_machine_id_gets_none(self):
        self.set_machine_id("")
        self.agent.ask(AWAKE, awake_payload(copy=True))
        self.assertEqual(self.machine_id(), "")
        os.remove(self.agent.inside("/etc/machine-id"))
        self.agent.ask(AWAKE, awake_payload(copy=True))
        self.assertFalse(os.path.exists(self.agent.inside("/etc/machine-id")))
