"""Lab 7, the server: ends each connection in the way that the client's first line asks for.

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
    connection, address = listener.accept()
    name = f"{address[0]} port {address[1]}"
    received = connection.recv(65536)
    line, _, data = received.partition(b"\n")
    mode = line.decode()
    print(f"{name}: {mode}")

    if mode == "half-close":
        connection.sendall(data)
    else:
        connection.sendall(line + b"\n")
    connection.close()
