"""Lab 5, the server: sends the file that a client asks for.

Usage: python3 server.py HOST PORT [FOLDER]
"""

import os
import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
folder = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"


def serve(connection, client):
    try:
        name = connection.recv(1024).decode().rstrip("\n")
        print(f"{client} asks for {name}")
        with open(os.path.join(folder, name), "rb") as file:
            while data := file.read(1024):
                connection.send(data)
    except OSError as error:  # no such file, or the client has left
        print(f"{client}: {error}")
    connection.close()


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}, with the files of {folder}")

while True:
    connection, address = listener.accept()
    serve(connection, address[0])
