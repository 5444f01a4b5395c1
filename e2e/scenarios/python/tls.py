import contextlib
import os
import socket
import ssl

import e2b
from files import fetch
from git import await_port
from kit import apart, check, equal, mode, sandbox_of, until


def resolve(*hosts):
    """Names below the server's domain lead to this machine. Not every resolver knows that, so they go into the file of hosts."""
    with open("/etc/hosts", "a") as file:
        for host in hosts:
            file.write(f"127.0.0.1 {host.split(':')[0]}\n")


@contextlib.contextmanager
def by_domain(domain):
    """What a program does that knows the domain only: no addresses, TLS for everything."""
    kept = {name: os.environ.pop(name) for name in ("E2B_API_URL", "E2B_SANDBOX_URL")}
    os.environ["E2B_DOMAIN"] = domain
    try:
        yield
    finally:
        del os.environ["E2B_DOMAIN"]
        os.environ.update(kept)


# Answers the handshake of an upgrade and then sends back what comes.
ECHO = r"""
import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
        while data := self.connection.recv(4096):
            self.connection.sendall(data.upper())
socketserver.ThreadingTCPServer(('127.0.0.1', 8002), Echo).serve_forever()
"""


@apart("TLS: getHost() leads to a server inside")
def _():
    with sandbox_of() as sandbox:
        host, closed = sandbox.get_host(8000), sandbox.get_host(8123)
        resolve(host, closed)
        sandbox.files.write("page", "over TLS")
        mode.background(sandbox, "python3 -m http.server 8000 --bind 127.0.0.1", timeout=0)
        until(lambda: fetch(f"https://{host}/page")[0] == 200, "the server")
        equal(fetch(f"https://{host}/page")[1], b"over TLS")
        status, body = fetch(f"https://{closed}/")
        check(status == 502 and b"8123" in body, body)


@apart("TLS: an upgraded connection to a server inside")
def _():
    with sandbox_of() as sandbox:
        host = sandbox.get_host(8002)
        resolve(host)
        sandbox.files.write("echo.py", ECHO)
        mode.background(sandbox, "python3 echo.py", timeout=0)
        await_port(sandbox, 8002)
        name, port = host.split(":")
        with socket.create_connection((name, int(port)), timeout=20) as plain:
            with ssl.create_default_context().wrap_socket(plain, server_hostname=name) as secured:
                secured.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n".encode())
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += secured.recv(1)
                check(head.startswith(b"HTTP/1.1 101"), head)
                secured.sendall(b"hello")
                equal(secured.recv(5), b"HELLO")


@apart("TLS: all calls by the domain alone")
def _():
    with sandbox_of() as first:
        resolve("api." + first.sandbox_domain)
        with by_domain(first.sandbox_domain), sandbox_of(metadata={"by": "domain"}) as sandbox:
            resolve(sandbox.get_host(49983))
            equal(sandbox.commands.run("echo $((6 * 7))").stdout, "42\n")
            data = b"\x09" * 5_000_000
            sandbox.files.write("bytes", data)
            check(bytes(sandbox.files.read("bytes", format="bytes")) == data, "other bytes")
            check(any(e.name == "bytes" for e in sandbox.files.list(".")), "not listed")
            events, stop = mode.watch(sandbox, ".")
            many = [mode.background(sandbox, f"echo {i}") for i in range(30)]
            equal([command.end().stdout for command in many], [f"{i}\n" for i in range(30)])
            sandbox.files.write("seen", "")
            until(lambda: any(e.name == "seen" for e in events()), "the event")
            stop()
            link = sandbox.download_url("bytes")
            check(link.startswith("https://49983-" + sandbox.sandbox_id), link)
            equal(fetch(link)[0], 200)
            equal(sandbox.get_info().metadata["by"], "domain")
