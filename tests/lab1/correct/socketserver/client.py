"""A client that half-closes when it has sent its line."""

import socket
import sys

text = "hello"
if len(sys.argv) == 4:
    text = sys.argv[3]

with socket.create_connection((sys.argv[1], sys.argv[2])) as s:
    s.sendall((text + "\n").encode("utf-8"))
    s.shutdown(socket.SHUT_WR)
    pieces = []
    while True:
        piece = s.recv(8192)
        if piece == b"":
            break
        pieces.append(piece)
sys.stdout.buffer.write(b"".join(pieces))
