"""PROTOCOL.md §8: dial and serve."""

import errno
import os
import socket
import struct
import threading
import time

from agent import *


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Server:
    """A server in the guest: one thread per connection runs `serve`."""

    def __init__(self, serve, host="127.0.0.1"):
        self.socket = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self.socket.getsockname()[1]
        self.serve = serve
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def echo(connection):
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)


class Dialling(AgentTest):
    def dial(self, port, host=""):
        link = self.agent.link()
        try:
            link.ask(DIAL, string(host) + u16(port))
        except BaseException:
            link.close()
            raise
        return link

    def test_bytes_go_both_ways_and_each_direction_ends_on_its_own(self):
        with Server(echo) as server, self.dial(server.port) as link:
            link.socket.sendall(b"hello")
            self.assertEqual(link.exactly(5), b"hello")
            link.socket.shutdown(socket.SHUT_WR)
            with self.assertRaises(Closed):
                link.exactly(1)

    def test_large_transfers_with_half_close(self):
        size = 30_000_000

        def count(connection):
            with connection:
                total = 0
                while data := connection.recv(1 << 20):
                    total += len(data)
                connection.sendall(str(total).encode())
        with Server(count) as server, self.dial(server.port) as link:
            link.socket.sendall(b"x" * size)
            link.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(link.exactly(len(str(size))), str(size).encode())

    def test_a_side_that_does_not_read_makes_the_other_wait(self):
        sent = []

        def pour(connection):
            with connection:
                connection.setblocking(True)
                for _ in range(2000):
                    connection.sendall(b"z" * 65536)
                    sent.append(1)
        with Server(pour) as server, self.dial(server.port) as link:
            last = -1
            while last != len(sent):
                last = len(sent)
                time.sleep(0.3)  # as long as the buffers still fill
            self.assertLess(len(sent), 2000)
            total = 0
            while True:
                try:
                    total += len(link.exactly(65536))
                except Closed:
                    break
            self.assertEqual(total, 2000 * 65536)

    def test_a_port_on_every_own_address(self):
        for host in ("127.0.0.1", "::1", "0.0.0.0"):
            with Server(echo, host) as server, self.dial(server.port) as link:
                link.socket.sendall(b"x")
                self.assertEqual(link.exactly(1), b"x")

    def test_a_given_address_only(self):
        with Server(echo, "::1") as server:
            with self.dial(server.port, "::1") as link:
                link.socket.sendall(b"x")
                self.assertEqual(link.exactly(1), b"x")
            with self.refused(UNAVAILABLE, errno.ECONNREFUSED):
                self.dial(server.port, "127.0.0.1")

    def test_nothing_listens(self):
        port = free_port()
        with self.agent.link() as link:
            with self.refused(UNAVAILABLE, errno.ECONNREFUSED):
                link.ask(DIAL, string("") + u16(port))
            link.ask(PING)
        for host in ("localhost", "1.2.3", "example.org"):
            with self.refused(INVALID):
                self.dial(port, host)

    def test_a_reset_in_the_guest_is_passed_on(self):
        ready = threading.Event()

        def drop(connection):
            connection.recv(1)
            reset(connection)
            ready.set()
        with Server(drop) as server, self.dial(server.port) as link:
            link.socket.sendall(b"x")
            ready.wait(10)
            with self.assertRaises(ConnectionResetError):
                link.socket.recv(1)

    def test_what_was_said_before_a_reset_in_the_guest_arrives_first(self):
        """As of a server that answers 413 and closes without reading the rest."""
        for answer in (b"early", b"x" * 20_000):
            def refuse(connection):
                connection.recv(1)
                connection.sendall(answer)
                connection.close()
            with Server(refuse) as server, self.dial(server.port) as link:
                def upload():
                    try:
                        while True:
                            link.socket.sendall(bytes(100_000))
                    except OSError:
                        pass
                sending = threading.Thread(target=upload)
                sending.start()
                got = b""
                try:
                    while data := link.socket.recv(65536):
                        got += data
                except ConnectionResetError:
                    pass  # or an end, if it closed before more had come
                self.assertEqual(got, answer)
                sending.join(10)

    def test_a_reset_by_the_host_is_passed_on(self):
        seen = []

        def wait(connection):
            try:
                connection.recv(1)
                seen.append("end")
            except ConnectionResetError:
                seen.append("reset")
        with Server(wait) as server:
            reset(self.dial(server.port).socket)
            wait_until(lambda: seen, "the guest's side hears of it")
            self.assertEqual(seen, ["reset"])

    def test_many_at_once(self):
        with Server(echo) as server:
            links = [self.dial(server.port) for _ in range(100)]
            for i, link in enumerate(links):
                link.socket.sendall(str(i).encode() * 1000)
            for i, link in enumerate(links):
                self.assertEqual(link.exactly(len(str(i)) * 1000), str(i).encode() * 1000)
                link.close()

    def test_a_host_that_leaves_while_it_is_connected(self):
        # 203.0.113.1 (TEST-NET-3) answers nothing, or at once that there is no way.
        link = self.agent.link()
        link.send(DIAL, string("203.0.113.1") + u16(9))
        link.close()
        self.agent.ask(PING)


class Serving(AgentTest):
    def serve(self, host="127.0.0.1", port=0):
        link = self.agent.link()
        try:
            answer = link.ask(SERVE, string(host) + u16(port))
        except BaseException:
            link.close()
            raise
        return link, answer.u16()

    def incoming(self, link):
        payload = link.expect(INCOMING)
        return payload.u64(), payload.string(), payload.u16()

    def accept(self, number):
        link = self.agent.link()
        try:
            link.ask(ACCEPT, u64(number))
        except BaseException:
            link.close()
            raise
        return link

    def test_a_connection_made_inside_is_handed_to_the_host(self):
        link, port = self.serve()
        with link, socket.create_connection(("127.0.0.1", port)) as visitor:
            visitor.sendall(b"early")
            number, host, visitor_port = self.incoming(link)
            self.assertEqual((host, visitor_port), visitor.getsockname()[:2])
            with self.accept(number) as taken:
                self.assertEqual(taken.exactly(5), b"early")
                taken.socket.sendall(b"answer")
                self.assertEqual(visitor.recv(100), b"answer")
                taken.socket.shutdown(socket.SHUT_WR)
                self.assertEqual(visitor.recv(1), b"")
                visitor.sendall(b"late")
                self.assertEqual(taken.exactly(4), b"late")
            with self.refused(NOT_FOUND):
                self.accept(number)

    def test_closing_ends_the_listening_but_not_what_was_handed_over(self):
        link, port = self.serve()
        taken_visitor = socket.create_connection(("127.0.0.1", port))
        taken = self.accept(self.incoming(link)[0])
        waiting = socket.create_connection(("127.0.0.1", port))
        self.incoming(link)
        link.close()
        with self.assertRaises(ConnectionResetError):
            waiting.settimeout(10)
            waiting.recv(1)

        def refuses():
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return False
            except ConnectionError:
                return True
        wait_until(refuses, "nobody listens any more")
        taken.socket.sendall(b"x")
        self.assertEqual(taken_visitor.recv(1), b"x")
        for s in (taken_visitor, waiting, taken):
            s.close()

    def test_a_connection_nobody_takes_is_reset_after_ten_seconds(self):
        link, port = self.serve()
        with link, socket.create_connection(("127.0.0.1", port)) as visitor:
            self.incoming(link)
            visitor.settimeout(15)
            start = time.monotonic()
            with self.assertRaises(ConnectionResetError):
                visitor.recv(1)
            self.assertGreater(time.monotonic() - start, 8)

    def test_at_most_so_many_wait(self):
        link, port = self.serve()
        with link:
            visitors = [socket.create_connection(("127.0.0.1", port)) for _ in range(150)]
            numbers = [self.incoming(link)[0] for _ in range(128)]
            link.socket.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                self.incoming(link)
            link.socket.settimeout(10)
            self.accept(numbers[0]).close()
            self.incoming(link)
            for visitor in visitors:
                visitor.close()

    def test_ports_and_addresses_that_cannot_be(self):
        link, port = self.serve()
        with link:
            with self.refused(CONFLICT, errno.EADDRINUSE):
                self.serve(port=port)
            with self.refused(INVALID, errno.EADDRNOTAVAIL):
                self.serve(host="203.0.113.1")
            with self.refused(INVALID):
                self.serve(host="localhost")

    def test_the_same_port_again_right_after(self):
        link, port = self.serve()
        with socket.create_connection(("127.0.0.1", port)):
            self.accept(self.incoming(link)[0]).close()
        link.close()

        def again():
            try:
                return self.serve(port=port)
            except Refused:
                return None
        link, _ = wait_until(again, "the port is free")
        link.close()

    def test_ipv6(self):
        link, port = self.serve(host="::1")
        with link, socket.create_connection(("::1", port)) as visitor:
            number, host, _ = self.incoming(link)
            self.assertEqual(host, "::1")
            with self.accept(number) as taken:
                taken.socket.sendall(b"6")
                self.assertEqual(visitor.recv(1), b"6")
