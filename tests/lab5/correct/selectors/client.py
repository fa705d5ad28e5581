"""Reads into one buffer with a timeout; header and file come out of it."""

import os
import pathlib
import socket
import sys

host, port, folder, *names = sys.argv[1:]
sock = socket.socket()
sock.settimeout(20)
sock.connect((host, int(port)))
waiting = b""
bad = 0


def more():
    global waiting
    piece = sock.recv(65536)
    if not piece:
        print("server has closed")
        sys.exit(4)
    waiting += piece


keep = pathlib.Path(folder) / ".unfinished"
keep.mkdir(exist_ok=True)
for name in names:
    half = keep / name
    have = half.stat().st_size if half.is_file() else 0
    sock.sendall(str(have).encode() + b" " + name.encode("utf-8") + b"\n")
    while b"\n" not in waiting:
        more()
    head, waiting = waiting.split(b"\n", 1)
    if head[:5] == b"error":
        print(head.decode())
        bad = 1
        continue
    missing = int(head)
    with open(half, "ab", buffering=0) as file:
        while missing:
            if not waiting:
                more()
            taken, waiting = waiting[:missing], waiting[missing:]
            missing -= len(taken)
            while taken:
                taken = taken[file.write(taken) :]
    os.replace(half, pathlib.Path(folder) / name)
    sock.sendall(b"o")
    sock.sendall(b"k\n")
sock.shutdown(socket.SHUT_WR)
sys.exit(bad)
