"""Lab 4, the server: a chat room for one client at a time.

Usage: python3 server.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])


def serve(connection):
    """Serve one client until it leaves."""
    lines = connection.makefile("rb")  # what it sends, as a file of lines
    name = lines.readline().rstrip()
    connection.sendall(name + b" joined\n")
    for line in lines:  # until end-of-stream: the client has left
        connection.sendall(name + b": " + line)
    connection.close()


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, address = listener.accept()  # waits for a client
    print(f"connected: {address}")
    serve(connection)
