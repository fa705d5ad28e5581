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


def talk(connection, name):
    received = b""
    while b"\n" not in received:  # one recv() is not one line
        piece = connection.recv(65536)
        if not piece:  # the client has left
            return
        received += piece
    line, _, data = received.partition(b"\n")
    mode = line.decode(errors="replace")
    print(f"{name}: {mode}")

    if mode == "half-close":
        while piece := connection.recv(65536):  # until the client's FIN
            data += piece
        connection.sendall(data)  # this direction is still open
    else:
        connection.sendall(line + b"\n")


while True:
    connection, address = listener.accept()
    name = f"{address[0]} port {address[1]}"
    try:
        talk(connection, name)
    except OSError as error:  # a RST, above all: ends this client, not the server
        print(f"{name}: {error.strerror}")
    connection.close()
