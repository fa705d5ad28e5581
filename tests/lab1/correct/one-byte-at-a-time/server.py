"""recv(1), once a byte."""

import socket
import sys

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen(1)
while True:
    c, _ = s.accept()
    line = bytearray()
    while True:
        byte = c.recv(1)
        if byte in (b"", b"\n"):
            break
        line += byte
    if byte:
        if line[-1:] == b"\r":
            del line[-1]
        c.sendall(b"%d bytes: " % len(line))
        c.sendall(line)
        c.sendall(b"\n")
    c.close()
