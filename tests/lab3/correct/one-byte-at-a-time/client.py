"""Sends and receives single bytes, also those of its input."""

import os
import socket
import sys

try:
    s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    sent = b"\n"
    is_open = True
    while is_open:
        typed = os.read(0, 1)
        if not typed:
            is_open = False
            if sent == b"\n":
                break
            typed = b"\n"
        s.send(typed)
        sent = typed
        if typed == b"\n":
            answer = bytearray()
            while answer[-1:] != b"\n":
                byte = s.recv(1)
                if not byte:
                    sys.exit("nothing more comes")
                answer += byte
            os.write(1, answer)
    s.close()
except OSError as e:
    sys.exit(str(e))
