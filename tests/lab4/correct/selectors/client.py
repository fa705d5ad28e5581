"""One thread; select() on the keyboard and the connection, both read without a buffer."""

import os
import select
import socket
import sys

sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
sock.sendall((sys.argv[3] + "\n").encode())
watched = [sock, 0]
while sock in watched:
    ready, _, _ = select.select(watched, [], [])
    if 0 in ready:
        data = os.read(0, 4096)
        if data:
            sock.sendall(data)
        else:
            sock.shutdown(socket.SHUT_WR)
            watched.remove(0)
    if sock in ready:
        data = sock.recv(4096)
        if not data:
            watched.remove(sock)
        os.write(1, data)
sock.close()
