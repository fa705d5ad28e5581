"""Lab 6, the server: tells each client the addresses and ports of their connection.

Usage: python3 server.py HOST PORT
"""

import errno
import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

family = socket.AF_INET6 if ":" in host else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
if family == socket.AF_INET6:
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
try:
    listener.bind((host, port))
    listener.listen()
except OSError as error:
    if error.errno != errno.EADDRINUSE:
        raise
    sys.exit(f"{host} port {port} is in use; who has it: ss -tlnp")
address, port = listener.getsockname()[:2]  # port 0 has become the one that the kernel chose
print(f"listening on {address} port {port}")

while True:
    connection, client = listener.accept()
    own = connection.getsockname()  # the listener's may be 0.0.0.0: any
    line = f"you are {client[0]} port {client[1]}, I am {own[0]} port {own[1]}"
    line = line.replace("::ffff:", "")  # an IPv4 address on an IPv6 socket
    print(line)
    connection.sendall(f"{line}\n".encode())
    connection.close()
