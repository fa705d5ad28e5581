"""Lab 7, the client: asks for one way to end a connection, and does its part.

Usage: python3 client.py HOST PORT MODE
MODE is client-first, server-first, half-close or reset.
"""

import socket
import sys
import time

host = sys.argv[1]
port = int(sys.argv[2])
mode = sys.argv[3]

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
connection.sendall(mode.encode() + b"\n")

if mode == "half-close":
    connection.sendall(sys.stdin.buffer.read())  # to the end of the input: Ctrl-D

data = connection.recv(1024)
print(data.decode(), end="")
time.sleep(0.3)  # the work that a program does with an answer
connection.close()
