"""Lab 4, the client: sends the lines you type to a chat room, prints what comes.

Usage: python3 client.py HOST PORT NAME
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
name = sys.argv[3]

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
lines = connection.makefile(encoding="utf-8")  # what comes, as a file of lines

connection.sendall(f"{name}\n".encode())
print(lines.readline(), end="")

for line in sys.stdin:  # until Ctrl-D
    connection.sendall(line.encode())
    print(lines.readline(), end="")

connection.close()
