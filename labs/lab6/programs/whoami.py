"""Lab 6, the client: connects and reports what its socket knows of itself.

Usage: python3 whoami.py HOST PORT [BYTES]
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
size = int(sys.argv[3]) if len(sys.argv) > 3 else 0  # of the receive buffer; 0: as it comes

address = socket.gethostbyname(host)
print(f"addresses: {address}")

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
if size:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
local = connection.getsockname()
connection.connect((address, port))
peer = connection.getpeername()

print(f"family: {connection.family.name}")
print(f"type: {connection.type.name}")
print(f"fileno: {connection.fileno()}")
print(f"local: {local[0]} port {local[1]}")
print(f"peer: {peer[0]} port {peer[1]}")

try:
    service = socket.getservbyport(port, "tcp")
except OSError:  # the services database has no name for this port
    service = "-"
print(f"service: {service}")
print("ephemeral: 49152-65535")  # so says RFC 6335

receive_buffer = size or connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
print(f"SO_RCVBUF: {receive_buffer}")
print(f"SO_SNDBUF: {connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)}")
print(f"SO_KEEPALIVE: {connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)}")
print(f"TCP_NODELAY: {connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)}")

data = b""
while piece := connection.recv(1024):  # until end-of-stream: the server has closed
    data += piece
print(f"server: {data.decode()}", end="")

connection.close()
