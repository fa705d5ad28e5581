"""Lab 1, the client: sends one line, prints the reply.

Usage: python3 client.py HOST PORT [TEXT]
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
text = sys.argv[3] if len(sys.argv) > 3 else "hello"

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))

line = text + "\n"
connection.sendall(line.encode())  # send() may take only a part

print("reply: ", end="")
while piece := connection.recv(65536):
    print(piece.decode(), end="")

connection.close()
