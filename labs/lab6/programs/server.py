"""Lab 6, the server: tells each client the addresses and ports of their connection.

Usage: python3 server.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, client = listener.accept()
    own = listener.getsockname()
    line = f"you are {client[0]} port {client[1]}, I am {own[0]} port {own[1]}"
    print(line)
    connection.sendall(f"{line}\n".encode())
    connection.close()
