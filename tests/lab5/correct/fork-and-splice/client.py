"""os.splice: socket to pipe to file, no copy in Python."""

import os
import socket
import sys

host, port, folder, *names = sys.argv[1:]
connection = socket.create_connection((host, int(port)))
reading, writing = os.pipe()
failed = []


def line():
    got = b""
    while not got.endswith(b"\n"):
        got += connection.recv(1) or sys.exit("closed")
    return got.decode().rstrip()


for name in names:
    half = f"{folder}/{hash(name) if False else name.encode().hex()[:200]}"
    descriptor = os.open(half, os.O_CREAT | os.O_WRONLY, 0o644)
    offset = os.lseek(descriptor, 0, os.SEEK_END)
    connection.sendall(f"{offset} {name}\n".encode())
    answer = line()
    if not answer.isdigit():
        failed.append(f"{name}: {answer}")
        os.remove(half)
        os.close(descriptor)
        continue
    rest = int(answer)
    while rest:
        moved = os.splice(connection.fileno(), writing, min(rest, 1 << 20))
        if not moved:
            sys.exit(f"{rest} bytes are missing")
        rest -= moved
        while moved:
            moved -= os.splice(reading, descriptor, moved)
    os.close(descriptor)
    os.rename(half, f"{folder}/{name}")
    connection.sendall(b"ok\n")
if failed:
    sys.exit("; ".join(failed))
