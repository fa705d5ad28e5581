"""Closes when the input ends, without waiting for what may still come; a daemon receives."""

import socket
import sys
import threading

closed = threading.Event()


def receive(sock):
    try:
        while data := sock.recv(1):  # byte by byte
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    except OSError:
        pass
    closed.set()


def send(sock):
    for line in map(str.encode, sys.stdin):
        sock.send(line[:1])
        sock.sendall(line[1:])
    closed.set()


with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as sock:
    sock.settimeout(None)
    sock.sendall(sys.argv[3].encode())
    sock.sendall(b"\n")
    for work in (receive, send):
        threading.Thread(target=work, args=(sock,), daemon=True).start()
    closed.wait()
