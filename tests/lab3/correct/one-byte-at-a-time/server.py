"""recv(1), once a byte."""

import socket
import sys
import time

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen(1)
while True:
    c, _ = s.accept()
    line = bytearray()
    try:
        while byte := c.recv(1):
            if byte != b"\n":
                line += byte
                continue
            if line[-1:] == b"\r":
                del line[-1]
            c.sendall(b"[%b] %b\n" % (time.ctime().encode(), line))
            line.clear()
    except OSError:
        pass
    c.close()
