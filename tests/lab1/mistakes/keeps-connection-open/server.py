"""Serves one client after another and never closes a connection."""

import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
connections = []
while True:
    connection, address = listener.accept()
    connections.append(connection)
    data = b""
    while b"\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    line = data.rstrip(b"\r\n")
    connection.sendall(f"{len(line)} bytes: ".encode() + line + b"\n")
