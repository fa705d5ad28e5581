"""Lab 7, the client: asks for one way to end a connection, and does its part.

Usage: python3 client.py HOST PORT MODE
MODE is client-first, server-first, half-close or reset.
"""

import socket
import struct
import sys

host = sys.argv[1]
port = int(sys.argv[2])
mode = sys.argv[3]

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
connection.sendall(mode.encode() + b"\n")

if mode == "half-close":
    connection.sendall(sys.stdin.buffer.read())  # to the end of the input: Ctrl-D
    connection.shutdown(socket.SHUT_WR)  # FIN; recv() goes on

data = connection.recv(1024)
if mode in ("half-close", "server-first"):
    while connection.recv(1024):  # until end-of-stream: the server has closed
        pass
print(data.decode(), end="")

if mode == "reset":
    # SO_LINGER, on, for 0 seconds: close() throws away what is left and sends RST
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.close()
