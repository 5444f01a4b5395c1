"""PROTOCOL.md §1 and §2: frames, proofs, keys, and what strangers can do."""

import os
import time

from agent import *


def init_payload(key=b"", user="", folder="", environment=None, deadline=0, hostname="", now=None, sandbox="sb", template="tp"):
    seconds = int(time.time()) if now is None else now
    return (string(sandbox) + string(template) + string(hostname) + string(user) + string(folder)
            + mapping(environment or {}) + i64(seconds) + u32(0) + string(os.urandom(32)) + string(key) + u64(deadline))


class Handshake(AgentTest):
    def test_vector_of_the_document(self):
        hello = b"CSNL" + u16(1) + u16(1) + b"\xaa" * 32 + string("1") + u32(0)
        tail = hello + u16(1) + b"\xbb" * 32
        proof = hmac.new(bytes(range(32)), b"caisson link host\0" + tail, hashlib.sha256).hexdigest()
        self.assertEqual(proof, "2239f13f816f3b76507d4095d1ae0e634e6c46b5935aa85a982bb4ff35a6e714")

    def test_hello_says_version_and_capabilities(self):
        with self.agent.link(authenticate=False) as link:
            hello = Payload(link.hello)
            self.assertEqual(hello.fixed(4), b"CSNL")
            self.assertEqual((hello.u16(), hello.u16()), (1, 1))
            hello.fixed(32)
            self.assertTrue(hello.string())
            self.assertIn("serve", [hello.string() for _ in range(hello.u32())])
            hello.done()

    def test_nonces_differ(self):
        with self.agent.link() as a, self.agent.link() as b:
            self.assertNotEqual(a.hello, b.hello)

    def test_both_sides_prove_themselves_and_ping_is_echoed(self):
        self.assertEqual(self.agent.ask(PING, b"abc").rest(), b"abc")

    def assert_closed(self, link):
        with self.assertRaises((Closed, ConnectionResetError, BrokenPipeError)):
            while True:
                link.frame()
        link.close()

    def test_wrong_key_is_closed_without_a_word(self):
        link = Link(self.agent.port, os.urandom(32))
        link.send(PING)
        self.assert_closed(link)

    def test_wrong_version_is_closed(self):
        link = self.agent.link(authenticate=False)
        link.raw(link.auth_frame(version=2))
        self.assert_closed(link)

    def test_a_proof_is_good_for_one_connection_only(self):
        with self.agent.link(authenticate=False) as first:
            frame = first.auth_frame()
        link = self.agent.link(authenticate=False)
        link.raw(frame)
        self.assert_closed(link)

    def test_a_request_before_the_proof_is_closed(self):
        link = self.agent.link(authenticate=False)
        link.send(PING)
        self.assert_closed(link)

    def test_silent_strangers_are_closed_after_five_seconds(self):
        start = time.monotonic()
        self.assert_closed(self.agent.link(authenticate=False))
        self.assertGreater(time.monotonic() - start, 4)
        self.assertLess(time.monotonic() - start, 18)

    def test_a_crowd_of_strangers_displaces_its_oldest_and_nobody_else(self):
        with self.agent.link() as friend:
            friend.ask(PING)
            crowd = [self.agent.link(authenticate=False) for _ in range(80)]
            self.assertEqual(self.agent.ask(PING, b"x").rest(), b"x")
            self.assert_closed(crowd[0])
            friend.ask(PING)
            for link in crowd:
                link.close()

    def test_a_frame_too_long_closes_the_connection_only(self):
        link = self.agent.link()
        link.raw(u32(FRAME_MAX + 1) + u8(PING))
        self.assert_closed(link)
        self.agent.ask(PING)

    def test_parts_are_joined_and_long_answers_split(self):
        big = os.urandom(FRAME_MAX * 3 + 17)
        self.assertEqual(self.agent.ask(PING, big).rest(), big)
        for size in (FRAME_MAX, FRAME_MAX + 1, 2 * FRAME_MAX):
            self.assertEqual(self.agent.ask(PING, b"y" * size).rest(), b"y" * size)

    def test_a_message_without_end_is_closed(self):
        link = self.agent.link()
        with self.assertRaises((ConnectionError, Closed)):
            for _ in range(80):
                link.raw(u32(FRAME_MAX) + u8(PART) + b"z" * FRAME_MAX)
            self.assert_closed(link)
            raise Closed()
        link.close()

    def test_requests_follow_each_other_on_one_connection(self):
        with self.agent.link() as link:
            link.raw(b"".join(link.make(PING, u32(i)) for i in range(500)))
            for i in range(500):
                self.assertEqual(link.expect(DONE).u32(), i)

    def test_an_unknown_request_is_refused_and_the_connection_stays(self):
        with self.agent.link() as link:
            with self.refused(UNSUPPORTED):
                link.ask(0xEE)
            link.ask(PING)

    def test_malformed_requests_are_refused_and_the_connection_stays(self):
        with self.agent.link() as link:
            for kind in (INIT, DEADLINE, RESOLVE, AWAKE, HOOKS, SPAWN, ATTACH, SIGNAL, CLOSE_INPUT, RESIZE, STAT, LIST, MAKE_FOLDER, MOVE,
                         REMOVE, READ, READ_LINK, LINK, CHANGE, ATTRIBUTES, SET_ATTRIBUTE, WATCH, CREATE_WATCHER,
                         WATCHER_EVENTS, REMOVE_WATCHER, DIAL, SERVE, ACCEPT):
                for payload in (b"", b"\xff" * 3):
                    with self.refused(INVALID):
                        link.ask(kind, payload)
            for kind in (SPAWN, STAT, LIST, READ, WATCH, DIAL):
                for payload in (u32(5) + b"a\0bcd" * 4, u32(0xFFFFFFFF) + b"a" * 100):
                    with self.refused(INVALID):
                        link.ask(kind, payload)
            link.ask(PING)


class Keys(AgentTest):
    def test_the_first_key_is_wiped_from_the_environment(self):
        with open(f"/proc/{self.agent.pid}/environ", "rb") as f:
            environment = f.read()
        self.assertIn(b"CAISSON_LINK_KEY=", environment)
        self.assertNotIn(self.agent.key.hex().encode(), environment)

    def test_init_replaces_the_key_once_the_new_one_was_used(self):
        old, new = self.agent.key, os.urandom(32)
        open_one = self.agent.link()
        open_one.ask(PING)
        with self.agent.link() as link:
            link.ask(INIT, init_payload(key=new))
        # Until the new key was seen, the old one is good for INIT again and for nothing else.
        with self.agent.link() as link:
            with self.refused(DENIED):
                link.ask(PING)
        newer = os.urandom(32)
        with self.agent.link() as link:
            link.ask(INIT, init_payload(key=newer))
        self.agent.key = newer
        self.agent.ask(PING)
        for key in (old, new):
            with self.assertRaises((Closed, ConnectionError)):
                with Link(self.agent.port, key) as link:
                    link.ask(INIT, init_payload(key=new))
        open_one.ask(PING)
        open_one.close()

    def test_init_without_a_key_keeps_it(self):
        self.agent.ask(INIT, init_payload())
        self.agent.ask(PING)

    def test_init_with_a_short_key_is_refused(self):
        with self.refused(INVALID):
            self.agent.ask(INIT, init_payload(key=b"short"))
        self.agent.ask(PING)

    def test_a_time_that_no_clock_shows_is_refused(self):
        for now in (-1, -2**63, 253402300800, 2**63 - 1):
            with self.refused(INVALID):
                self.agent.ask(INIT, init_payload(now=now))
