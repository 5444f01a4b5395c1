"""PROTOCOL.md §5: processes, their output, input, signals and ends."""

import errno
import os
import re
import signal
import time

from agent import *


class Spawning(AgentTest):
    def test_output_of_both_kinds_and_the_exit(self):
        outputs, status = self.agent.shell("echo out; echo err >&2; exit 3").run()
        self.assertEqual((outputs[STDOUT], outputs[STDERR], status), (b"out\n", b"err\n", (3, 0, 0)))

    def test_exit_137_and_a_kill_can_be_told_apart(self):
        self.assertEqual(self.agent.shell("exit 137").run()[1], (137, 0, 0))
        self.assertEqual(self.agent.shell("kill -KILL $$").run()[1], (-1, 9, 0))
        self.assertEqual(self.agent.shell("kill -TERM $$").run()[1], (-1, 15, 0))

    def test_a_missing_command_exits_127_and_says_so(self):
        for command in ("no-such-command", "/no/such/command", "", "/etc/passwd/x"):
            outputs, status = self.agent.spawn(command).run()
            self.assertEqual(status, (127, 0, 0), command)
            self.assertIn(b"not found", outputs[STDERR])

    def test_one_that_is_not_executable_exits_126(self):
        for command in ("/etc/passwd", "/etc"):
            outputs, status = self.agent.spawn(command).run()
            self.assertEqual(status, (126, 0, 0), command)
            self.assertIn(b"ermission denied", outputs[STDERR])

    def test_the_command_is_looked_up_in_the_childs_path(self):
        os.makedirs(self.path("bin"), exist_ok=True)
        with open(self.path("bin", "greet"), "w") as f:
            f.write("#!/bin/sh\necho hello $0 $1\n")
        os.chmod(self.path("bin", "greet"), 0o755)
        outputs, _ = self.agent.spawn("greet", ["you"], environment={"PATH": "/nowhere:" + self.path("bin")}).run()
        self.assertEqual(outputs[STDOUT].split(), [b"hello", self.path("bin", "greet").encode(), b"you"])

    def test_a_script_without_a_first_line_is_run_by_the_shell(self):
        with open(self.path("script"), "w") as f:
            f.write("echo plain $1 $2\n")
        os.chmod(self.path("script"), 0o755)
        outputs, status = self.agent.spawn(self.path("script"), ["a", "b"]).run()
        self.assertEqual((outputs[STDOUT], status), (b"plain a b\n", (0, 0, 0)))

    def test_a_folder_that_cannot_be_entered_is_an_error_not_an_exit(self):
        for folder, number in (("/no/such/folder", errno.ENOENT), ("/etc/passwd", errno.ENOTDIR)):
            with self.refused(INVALID, number) as refusal:
                self.agent.shell("true", folder=folder)
            self.assertIn(folder, refusal.error.message)
            self.assertEqual(refusal.error.path, folder)
        with self.refused(INVALID):
            self.agent.shell("true", folder="~other")

    def test_after_a_refusal_the_connection_is_ready(self):
        with self.agent.link() as link:
            with self.refused(INVALID):
                link.send(SPAWN, spawn_payload("true", folder="/no/such/folder"))
                link.expect(STARTED)
            link.ask(PING)
            self.assertEqual(Process(link, SPAWN, spawn_payload("true", folder="/")).run()[1], (0, 0, 0))

    @needs_root
    def test_home_is_where_it_starts_and_where_tildes_and_relative_folders_lead(self):
        home = "/root"
        self.assertEqual(self.agent.shell("pwd").run()[0][STDOUT].decode().strip(), home)
        self.assertEqual(self.agent.shell("pwd", folder="~").run()[0][STDOUT].decode().strip(), home)
        self.assertEqual(self.agent.shell("pwd", folder="..").run()[0][STDOUT].decode().strip(), os.path.dirname(home))

    @needs_root
    def test_user_group_and_supplementary_groups(self):
        outputs, _ = self.agent.shell("id -u; id -g; id -G; echo $HOME $USER $LOGNAME; pwd; umask", user="alice").run()
        lines = outputs[STDOUT].decode().splitlines()
        self.assertEqual(lines[0], "4201")
        self.assertEqual(lines[1], "4201")
        self.assertEqual(set(lines[2].split()), {"4201", "4301", "4302"})
        self.assertEqual(lines[3], f"{self.agent.home} alice alice")
        self.assertEqual(lines[4], self.agent.home)
        self.assertEqual(lines[5], "0022")
        self.assertEqual(self.agent.shell("id -un", user="4201").run()[0][STDOUT], b"alice\n")

    @needs_root
    def test_the_folder_is_entered_as_the_user(self):
        os.makedirs(self.path("closed"), exist_ok=True)
        os.chmod(self.path("closed"), 0o700)
        with self.refused(INVALID, errno.EACCES):
            self.agent.shell("true", user="alice", folder=self.path("closed"))
        with self.refused(INVALID, errno.ENOENT):
            self.agent.shell("true", user="locked")

    def test_an_unknown_user_is_unauthenticated(self):
        for user in ("nosuchuser", "99999999", "x" * 300):
            with self.refused(UNAUTHENTICATED):
                self.agent.shell("true", user=user)

    def test_nothing_of_the_agent_leaks_into_a_process(self):
        idle = [self.agent.link() for _ in range(5)]
        outputs, _ = self.agent.shell("echo /proc/$$/fd/*; grep -E '^Sig(Blk|Ign):' /proc/self/status").run()
        descriptors, *signals = outputs[STDOUT].decode().splitlines()
        self.assertEqual([path.rsplit("/", 1)[1] for path in descriptors.split() if os.path.basename(path) < "3"], ["0", "1", "2"])
        self.assertLessEqual(len(descriptors.split()), 4)  # the shell has its script's folder open at most
        # The first 31; those above are the C libraries' own, and whoever started the tests may have left some ignored.
        self.assertEqual({int(line.split()[1], 16) & 0x7FFFFFFF for line in signals} - {0}, set())
        for link in idle:
            link.close()

    def test_it_leads_its_own_session(self):
        process = self.agent.shell("ps -o sid=,pgid= -p $$; echo done")
        outputs, _ = process.run()
        self.assertEqual(outputs[STDOUT].decode().split(), [str(process.pid), str(process.pid), "done"])

    def test_limits_are_set(self):
        outputs, _ = self.agent.shell("ulimit -n; ulimit -c", limits=[(7, 77, 99), (4, 0, 0)]).run()
        self.assertEqual(outputs[STDOUT].split(), [b"77", b"0"])

    def test_the_agents_own_limit_of_open_files_is_not_inherited(self):
        outputs, _ = self.agent.shell("ulimit -n").run()
        import resource
        self.assertEqual(int(outputs[STDOUT]), resource.getrlimit(resource.RLIMIT_NOFILE)[0])

    def test_large_requests_span_frames_and_are_listed_as_given(self):
        script = "sleep 100 #" + "x" * 100000
        process = self.agent.shell(script, tag="large", environment={"A": "b"}, folder="/", limits=[(4, 0, 0)])
        given = spawn_payload("/bin/sh", ["-c", script], tag="large", environment={"A": "b"}, folder="/", limits=[(4, 0, 0)])
        self.assertEqual(self.agent.processes()[process.pid], given)
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(0))
        process.run()

    def test_too_many_arguments_for_the_kernel_exit_126(self):
        outputs, status = self.agent.spawn("true", ["y" * 131000] * 30).run()
        self.assertEqual(status, (126, 0, 0))
        self.assertTrue(outputs[STDERR])

    def test_standard_input_is_empty_unless_asked_for(self):
        self.assertEqual(self.agent.shell("read line || echo nothing").run()[0][STDOUT], b"nothing\n")

    def test_many_processes_at_once(self):
        running = [self.agent.shell(f"echo {i}; exit {i}") for i in range(60)]
        for i, process in enumerate(running):
            outputs, status = process.run()
            self.assertEqual((outputs[STDOUT], status), (b"%d\n" % i, (i, 0, 0)))
            process.link.close()
        self.assertEqual(self.agent.processes(), {})


class Output(AgentTest):
    def test_bytes_are_passed_as_they_are(self):
        data = (b"a" * 8191 + b"\xe2\x82\xac") * 20 + bytes(range(256))
        process = self.agent.spawn("cat", input=True)
        self.agent.input(by_pid(process.pid), data)
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        self.assertEqual(process.run()[0][STDOUT], data)

    def test_a_process_without_a_listener_is_never_blocked(self):
        process = self.agent.shell(f"head -c 3000000 /dev/zero; echo done > {self.path('finished')}; sleep 100", tag="loud")
        process.link.close()
        wait_until(lambda: os.path.exists(self.path("finished")), "it writes without a listener")
        self.agent.ask(SIGNAL, by_tag("loud") + u32(9) + u8(0))

    def test_a_slow_listener_makes_it_wait_and_loses_nothing(self):
        process = self.agent.shell(f"head -c 8000000 /dev/zero; echo done > {self.path('written')}")
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:  # nothing is read in this time; that it is not finished is the point
            self.assertFalse(os.path.exists(self.path("written")))
            self.agent.ask(PING)
        outputs, status = process.run()
        self.assertEqual((len(outputs[STDOUT]), status), (8000000, (0, 0, 0)))

    def test_a_slow_listener_that_goes_away_is_dropped_at_once(self):
        process = self.agent.shell(f"head -c 8000000 /dev/zero; echo done > {self.path('freed')}; sleep 100")
        wait_until(lambda: len(process.link.socket.recv(1)) == 1, "output comes")
        process.link.close()
        wait_until(lambda: os.path.exists(self.path("freed")), "it goes on")
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(0))

    def test_the_end_waits_for_those_who_hold_the_pipe(self):
        outputs, status = self.agent.shell("(sleep 0.3; echo late) & echo early").run()
        self.assertEqual((outputs[STDOUT], status), (b"early\nlate\n", (0, 0, 0)))

    def test_the_end_does_not_wait_after_a_signal_through_the_link(self):
        process = self.agent.shell("echo ready; sleep 100; true")
        process.until(b"ready")
        start = time.monotonic()
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(signal.SIGKILL) + u8(0))
        self.assertEqual(process.run()[1], (-1, 9, 0))
        self.assertLess(time.monotonic() - start, 50)
        os.system(f"pkill -KILL -s {process.pid}")

    def test_a_signal_to_one_that_was_reaped_ends_the_stream(self):
        process = self.agent.shell("sleep 100 & echo $!")
        child = int(process.until(b"\n"))
        wait_until(lambda: not os.path.exists(f"/proc/{process.pid}"), "the shell is reaped")
        self.assertIn(process.pid, self.agent.processes())
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(signal.SIGKILL) + u8(0))
        self.assertEqual(process.run()[1], (0, 0, 0))
        if not self.first:
            os.kill(child, signal.SIGKILL)

    def test_when_the_end_is_told_it_is_off_the_list_and_attach_knows_it(self):
        for _ in range(20):
            process = self.agent.shell("echo x")
            process.run()
            self.assertNotIn(process.pid, self.agent.processes())
            late = Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(-1))
            outputs, status = late.run()
            self.assertEqual((outputs[STDOUT], status), (b"", (0, 0, 0)))
            with self.refused(NOT_FOUND):
                self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(0))


class Attaching(AgentTest):
    def tearDown(self):
        for pid in self.agent.processes():
            self.agent.ask(SIGNAL, by_pid(pid) + u32(9) + u8(1))
        wait_until(lambda: not self.agent.processes(), "all have ended")

    def test_from_now_on_without_an_offset(self):
        process = self.agent.shell("echo first; read x; echo second", input=True)
        process.until(b"first")
        other = Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(-1))
        self.assertEqual(other.offset, 6)
        self.agent.input(by_pid(process.pid), b"\n")
        self.assertEqual(other.run()[0][STDOUT], b"second\n")
        self.assertEqual(process.run()[0][STDOUT], b"second\n")

    def test_from_an_offset_with_the_sources_kept(self):
        process = self.agent.shell("echo 12345; sleep 0.1; echo abc >&2; sleep 0.1; echo 67; read x", input=True, tag="t")
        process.until(b"67")
        other = Process(self.agent.link(), ATTACH, by_tag("t") + i64(3))
        self.assertEqual(other.offset, 3)
        self.agent.ask(CLOSE_INPUT, by_tag("t"))
        outputs, _ = other.run()
        self.assertEqual((outputs[STDOUT], outputs[STDERR]), (b"45\n67\n", b"abc\n"))

    def test_an_old_offset_starts_at_the_oldest_byte_kept(self):
        process = self.agent.shell("seq 1 100000; echo end; read x", input=True)
        process.until(b"end\n")
        other = Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(0))
        total = len("".join(f"{i}\n" for i in range(1, 100001))) + 4
        self.assertEqual(other.offset, total - 65536)
        self.assertTrue(other.until(b"end\n").endswith(b"99999\n100000\nend\n"))
        future = Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(total * 2))
        self.assertEqual(future.offset, total)

    def test_after_the_end_the_remembered_output_comes_with_an_offset(self):
        process = self.agent.shell("echo kept; exit 5", tag="ended")
        process.run()
        outputs, status = Process(self.agent.link(), ATTACH, by_tag("ended") + i64(0)).run()
        self.assertEqual((outputs[STDOUT], status), (b"kept\n", (5, 0, 0)))

    def test_a_new_process_with_the_tag_replaces_the_exit(self):
        self.agent.shell("exit 5", tag="again").run()
        process = self.agent.shell("sleep 100", tag="again")
        other = Process(self.agent.link(), ATTACH, by_tag("again") + i64(-1))
        self.assertEqual(other.pid, process.pid)

    def test_unknown_ones_are_not_found(self):
        for selector in (by_pid(999999), by_tag("none")):
            with self.refused(NOT_FOUND):
                Process(self.agent.link(), ATTACH, selector + i64(-1))

    def test_all_listeners_get_everything(self):
        process = self.agent.shell("read x; seq 1 20000", input=True)
        others = [Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(-1)) for _ in range(5)]
        self.agent.input(by_pid(process.pid), b"\n")
        expected = "".join(f"{i}\n" for i in range(1, 20001)).encode()
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for outputs, _ in pool.map(lambda p: p.run(), [process, *others]):
                self.assertEqual(outputs[STDOUT], expected)


class Remembering(AgentTest):
    def test_exits_are_forgotten_after_half_a_minute(self):
        process = self.agent.shell("exit 1")
        process.run()
        start = time.monotonic()

        def forgotten():
            try:
                Process(self.agent.link(), ATTACH, by_pid(process.pid) + i64(-1)).link.close()
                return False
            except Refused:
                return True
        while time.monotonic() - start < 28:
            answer = forgotten()
            if time.monotonic() - start < 29:  # or else the machine was busy with something else while it answered
                self.assertFalse(answer)
            time.sleep(1)
        wait_until(forgotten, "the exit is forgotten")

    def test_only_so_many_exits_are_remembered(self):
        first = self.agent.spawn("true")
        first.run()
        for _ in range(260):
            with self.agent.link() as link:
                Process(link, SPAWN, spawn_payload("true", folder="/")).run()
        with self.refused(NOT_FOUND):
            Process(self.agent.link(), ATTACH, by_pid(first.pid) + i64(-1))


class Input(AgentTest):
    def test_it_is_written_whole_and_in_order(self):
        data = os.urandom(2_000_000)
        process = self.agent.shell(f"cat > {self.path('copy')}", input=True)
        self.agent.input(by_pid(process.pid), data)
        self.agent.input(by_pid(process.pid), b"tail")
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        self.assertEqual(process.run()[1], (0, 0, 0))
        with open(self.path("copy"), "rb") as f:
            self.assertEqual(f.read(), data + b"tail")

    def test_writers_take_turns_and_are_not_mixed(self):
        import concurrent.futures
        process = self.agent.shell(f"cat > {self.path('turns')}", input=True)
        blocks = [bytes([65 + i]) * 200_000 for i in range(8)]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(lambda block: self.agent.input(by_pid(process.pid), block), blocks))
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        process.run()
        with open(self.path("turns"), "rb") as f:
            runs = [(m.group(0)[:1], len(m.group(0))) for m in re.finditer(rb"(.)\1*", f.read())]
        self.assertEqual(sorted(runs), [(block[:1], 200_000) for block in blocks])

    def test_the_answer_comes_when_the_pipe_took_all_of_it(self):
        process = self.agent.shell("sleep 0.3; cat > /dev/null", input=True)
        with self.agent.link(timeout=10) as link:
            link.raw(link.make(INPUT, by_pid(process.pid) + u8(0)) + link.make(DATA, b"y" * 60000) * 5)
            with self.agent.link() as other:
                other.ask(PING)
            link.raw(link.make(DATA, b"\n") + link.make(END))
            link.expect(DONE)
            link.ask(PING)
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        process.run()

    def test_empty_input_is_fine_and_closing_twice_too(self):
        process = self.agent.spawn("cat", input=True)
        self.agent.input(by_pid(process.pid), b"")
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        with self.agent.link() as link:
            try:
                link.ask(CLOSE_INPUT, by_pid(process.pid))
            except Refused as refusal:
                self.assertEqual(refusal.category, NOT_FOUND)  # it may have ended already
        process.run()

    def refused_input(self, selector, kind, category, number=None):
        with self.agent.link() as link:
            link.raw(link.make(INPUT, selector + u8(kind)) + link.make(DATA, b"x") + link.make(END))
            with self.refused(category, number):
                link.expect(DONE)
            link.ask(PING)

    def test_the_wrong_kind_or_none_is_a_conflict(self):
        process = self.agent.spawn("sleep", ["100"])
        self.refused_input(by_pid(process.pid), 0, CONFLICT)
        self.refused_input(by_pid(process.pid), 1, CONFLICT)
        self.refused_input(by_pid(999999), 0, NOT_FOUND)
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(0))
        process.run()

    def test_a_reader_that_closed_is_a_broken_pipe(self):
        process = self.agent.shell("exec <&-; echo closed; sleep 100", input=True)
        process.until(b"closed")
        self.refused_input(by_pid(process.pid), 0, CONFLICT, errno.EPIPE)
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(1))
        process.run()

    def test_a_process_that_ends_frees_those_who_wait_to_write(self):
        process = self.agent.spawn("sleep", ["100"], input=True)
        waiting = self.agent.link()
        waiting.raw(waiting.make(INPUT, by_pid(process.pid) + u8(0)) + waiting.make(DATA, b"w" * 65536) * 3 + waiting.make(END))
        second = self.agent.link()
        second.raw(second.make(INPUT, by_pid(process.pid) + u8(0)) + second.make(DATA, b"w") + second.make(END))
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(0))
        process.run()
        for link in (waiting, second):
            with self.refused(CONFLICT, errno.EPIPE):
                link.expect(DONE)
            link.ask(PING)
            link.close()

    def test_a_writer_that_leaves_in_the_middle_makes_room_for_the_next(self):
        process = self.agent.spawn("cat", input=True)
        leaving = self.agent.link()
        leaving.raw(leaving.make(INPUT, by_pid(process.pid) + u8(0)) + leaving.make(DATA, b"one "))
        process.until(b"one ")
        leaving.close()
        self.agent.input(by_pid(process.pid), b"two")
        process.until(b"two")
        self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        process.run()


class Terminals(AgentTest):
    def test_size_resize_and_controlling_terminal(self):
        process = self.agent.shell("stty size; tty; test -t 0 && test -t 1 && test -t 2 && echo all; echo x > /dev/tty; read x; stty size",
                                   pty=(100, 30))
        self.assertIn(b"30 100\r\n", process.until(b"x\r\n"))
        self.agent.ask(RESIZE, by_pid(process.pid) + u16(132) + u16(43))
        self.agent.input(by_pid(process.pid), b"\n", kind=1)
        outputs, status = process.run()
        self.assertIn(b"43 132", outputs[PTY])
        self.assertEqual((outputs[STDOUT], outputs[STDERR], status), (b"", b"", (0, 0, 0)))

    def test_control_c_interrupts(self):
        process = self.agent.spawn("cat", pty=(80, 24))  # not a shell, which has its own mind about the signal
        self.agent.input(by_pid(process.pid), b"ready\n", kind=1)
        process.until(b"ready\r\nready\r\n")
        self.agent.input(by_pid(process.pid), b"\x03", kind=1)
        self.assertEqual(process.run()[1], (-1, signal.SIGINT, 0))

    def test_control_d_ends_input(self):
        process = self.agent.spawn("cat", pty=(80, 24))
        self.agent.input(by_pid(process.pid), b"line\n\x04", kind=1)
        outputs, status = process.run()
        self.assertEqual((outputs[PTY].count(b"line"), status), (2, (0, 0, 0)))

    def test_what_does_not_fit_a_terminal_is_refused(self):
        process = self.agent.spawn("cat", pty=(80, 24))
        with self.refused(UNSUPPORTED):
            self.agent.ask(CLOSE_INPUT, by_pid(process.pid))
        with self.refused(CONFLICT):
            self.agent.input(by_pid(process.pid), b"x", kind=0)
        with self.refused(INVALID):
            self.agent.ask(RESIZE, by_pid(process.pid) + u16(0) + u16(1))
        self.agent.input(by_pid(process.pid), b"\x04", kind=1)
        process.run()
        process = self.agent.spawn("sleep", ["100"])
        with self.refused(CONFLICT):
            self.agent.ask(RESIZE, by_pid(process.pid) + u16(80) + u16(1))
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(9) + u8(0))
        process.run()

    def test_all_output_comes_before_the_exit(self):
        for _ in range(10):
            outputs, status = self.agent.shell("seq 1 3000", pty=(80, 24)).run()
            self.assertTrue(outputs[PTY].endswith(b"3000\r\n"))
            self.assertEqual(outputs[PTY].count(b"\n"), 3000)

    @needs_root
    def test_the_terminal_belongs_to_the_user(self):
        outputs, _ = self.agent.shell("stat -c %U $(tty)", pty=(80, 24), user="alice").run()
        self.assertEqual(outputs[PTY], b"alice\r\n")

    def test_more_input_than_a_terminal_holds_is_taken_in_time(self):
        process = self.agent.shell("stty raw -echo; echo ready; head -c 50000 | wc -c", pty=(80, 24))
        process.until(b"ready")
        self.agent.input(by_pid(process.pid), b"z" * 50000, kind=1)
        self.assertIn(b"50000", process.run()[0][PTY])


class Signals(AgentTest):
    def test_to_the_process_alone_or_to_its_group(self):
        script = "trap 'echo parent' USR1; (trap 'echo child; exit' USR1; echo ready; while :; do sleep 0.05; done) & while :; do sleep 0.05; done"
        process = self.agent.shell(script)
        process.until(b"ready")
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(signal.SIGUSR1) + u8(0))
        self.assertNotIn(b"child", process.until(b"parent"))
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(signal.SIGUSR1) + u8(1))
        process.until(b"child")
        self.agent.ask(SIGNAL, by_pid(process.pid) + u32(signal.SIGKILL) + u8(1))
        self.assertEqual(process.run()[1], (-1, 9, 0))

    def test_unknown_ones_and_unknown_numbers(self):
        with self.refused(NOT_FOUND):
            self.agent.ask(SIGNAL, by_pid(1) + u32(9) + u8(0))
        process = self.agent.spawn("sleep", ["100"], tag="one")
        with self.refused(INVALID):
            self.agent.ask(SIGNAL, by_tag("one") + u32(1000) + u8(0))
        self.agent.ask(SIGNAL, by_tag("one") + u32(0) + u8(0))
        self.agent.ask(SIGNAL, by_tag("one") + u32(15) + u8(0))
        self.assertEqual(process.run()[1], (-1, 15, 0))
