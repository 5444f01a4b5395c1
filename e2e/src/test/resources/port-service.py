"""A service for the tests of ports: python3 port-service.py ADDRESS PORT."""
import socket
import sys
import threading


def head_of(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            return ""
        head += piece
    return head.decode("latin-1")


def answer(connection, status, body):
    connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(body)) + body)


def serve(connection, peer):
    head = head_of(connection)
    path = head.split(" ")[1] if head else ""
    if path == "/head":
        answer(connection, b"200 OK", head.encode("latin-1"))
    elif path == "/peer":
        answer(connection, b"200 OK", peer[0].encode())
    elif path == "/early":
        answer(connection, b"413 Too Large", b"big")
    elif path == "/stream":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        connection.recv(1)
    elif path == "/silent":
        connection.recv(1)
    elif path == "/echo":
        connection.sendall(b"HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
        while piece := connection.recv(65536):
            connection.sendall(piece)
    elif path.startswith("/bytes/"):
        left = int(path[7:])
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % left)
        zeros = bytes(1 << 20)
        while left:
            left -= connection.send(zeros[:min(left, len(zeros))])
    connection.close()


def run(connection, peer):
    try:
        serve(connection, peer)
    except OSError:
        connection.close()


address = sys.argv[1]
listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((address, int(sys.argv[2])))
listener.listen(100)
while True:
    threading.Thread(target=run, args=listener.accept(), daemon=True).start()
