"""Lab 1, the client: sends one line, prints the reply.

Usage: python3 client.py HOST PORT [TEXT]
"""

import socket
import struct
import sys

host = sys.argv[1]
port = int(sys.argv[2])
text = sys.argv[3] if len(sys.argv) > 3 else "hello"

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))

line = text + "\n"
connection.sendall(line.encode())  # send() may take only a part

data = b""
while piece := connection.recv(65536):  # until end-of-stream: the server has closed
    data += piece
print(f"reply: {data.decode()}", end="")

connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.close()
