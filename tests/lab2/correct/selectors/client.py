"""Waits for the keyboard and the server at once, with os.read(); prints bytes as they come."""

import os
import select
import socket
import sys

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
heard = typed = b""
while True:
    ready, _, _ = select.select([0, connection], [], [])
    if connection in ready:
        data = connection.recv(10)
        os.write(1, data)
        heard = (heard + data)[-6:]
        if not data or heard in (b"exit\n", b"\nexit\n"):
            break
    if 0 in ready:
        data = os.read(0, 3)
        if not data:
            connection.sendall(b"exit\n")
            break
        connection.sendall(data)
        typed = (typed + data)[-6:]
        if typed in (b"exit\n", b"\nexit\n"):
            break
connection.shutdown(socket.SHUT_WR)
connection.close()
