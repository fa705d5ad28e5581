"""Lab 6, the client: connects and reports what its socket knows of itself.

Usage: python3 whoami.py HOST PORT [BYTES]
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
size = int(sys.argv[3]) if len(sys.argv) > 3 else 0  # of the receive buffer; 0: as it comes

found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # of both families
print("addresses:", *[address[0] for *_, address in found])

for family, kind, protocol, _, address in found:
    connection = socket.socket(family, kind, protocol)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if size:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    try:
        connection.connect(address)
        break
    except OSError as error:
        print(f"{address[0]} port {port}: {error.strerror}")
        connection.close()
else:
    sys.exit(f"{host} port {port} cannot be reached")
local = connection.getsockname()  # connect() has given it an address and a port
peer = connection.getpeername()

print(f"family: {connection.family.name}")
print(f"type: {connection.type.name}")
print(f"fileno: {connection.fileno()}")
print(f"peer: {local[0]} port {local[1]}")
print(f"local: {peer[0]} port {peer[1]}")

try:
    service = socket.getservbyport(port, "tcp")
except OSError:  # the services database has no name for this port
    service = "-"
print(f"service: {service}")
with open("/proc/sys/net/ipv4/ip_local_port_range") as file:  # Linux has its own; IPv6, too
    low, high = file.read().split()
print(f"ephemeral: {low}-{high}")

receive_buffer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)  # not what was asked
print(f"SO_RCVBUF: {receive_buffer}")
print(f"SO_SNDBUF: {connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)}")
print(f"SO_KEEPALIVE: {connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)}")
print(f"TCP_NODELAY: {connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)}")

data = b""
while piece := connection.recv(1024):  # until end-of-stream: the server has closed
    data += piece
print(f"server: {data.decode()}", end="")

connection.close()
