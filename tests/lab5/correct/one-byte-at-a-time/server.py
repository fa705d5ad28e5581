"""Reads single bytes, sends small pieces."""

import os
import socket
import sys
import threading


def read_line(c):
    line = bytearray()
    while True:
        byte = c.recv(1)
        if not byte:
            return None
        if byte == b"\n":
            return line.decode()
        line += byte


def talk(c):
    while (line := read_line(c)) is not None:
        if line == "ok":
            continue
        where = line.index(" ")
        start, name = int(line[:where]), line[where + 1 :]
        path = FOLDER + "/" + name
        if name in (".", "..") or "/" in name or not os.path.exists(path) or os.path.isdir(path):
            for piece in ("error ", "not found", "\n"):
                c.send(piece.encode())
            continue
        for digit in str(os.path.getsize(path) - start):
            c.send(digit.encode())
        c.send(b"\n")
        f = open(path, "rb")
        f.read(start)
        while True:
            data = f.read(1000)
            if not data:
                break
            while data:
                data = data[c.send(data) :]
        f.close()
    c.close()


FOLDER = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen(20)
while True:
    threading.Thread(target=talk, args=s.accept()[:1]).start()
