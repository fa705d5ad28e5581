"""Lab 10, the server: one socket for both families; tells each client who it is.

Usage: python3 server.py HOST PORT [only]
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, client = listener.accept()
    line = f"you are {client[0]} port {client[1]} by IPv6"
    print(line)
    connection.sendall(f"{line}\n".encode())
    connection.close()
