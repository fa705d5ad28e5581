"""Lab 5, the client: fetches a file from the server into a folder.

Usage: python3 client.py HOST PORT FOLDER NAME
"""

import os
import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
folder = sys.argv[3]
name = sys.argv[4]

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
connection.send(f"{name}\n".encode())

size = 0
with open(os.path.join(folder, name), "wb") as file:
    while data := connection.recv(1024):
        file.write(data)
        size += len(data)
print(f"{name}: {size} bytes")

connection.close()
