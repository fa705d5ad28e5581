"""Lab 10, the server: one socket for both families; tells each client who it is.

Usage: python3 server.py HOST PORT [only]
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
ipv6_only = sys.argv[3:] == ["only"]  # leave IPv4 to others

# The address of fe80::1%eth0 has four parts, the last of which says: through eth0.
address = socket.getaddrinfo(host, port, socket.AF_INET6, socket.SOCK_STREAM)[0][4]
listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, ipv6_only)  # systems differ in it
listener.bind(address)
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, client = listener.accept()
    line = f"you are {client[0]} port {client[1]} by IPv6"
    print(line)
    connection.sendall(f"{line}\n".encode())
    connection.close()
