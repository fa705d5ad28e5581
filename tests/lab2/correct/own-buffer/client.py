"""A buffer of its own; the colours of a terminal around each answer."""

import socket
import sys

connection = socket.socket()
connection.connect((sys.argv[1], int(sys.argv[2])))
data = b""
for typed in sys.stdin.buffer:
    message = typed.rstrip(b"\n")
    connection.send(message + b"\n")
    if message == b"exit":
        break
    while b"\n" not in data:
        piece = connection.recv(5)
        if not piece:
            print("The server has left.")
            sys.exit(0)
        data += piece
    answer, _, data = data.partition(b"\n")
    print("\x1b[32m" + answer.decode() + "\x1b[0m")
    if answer == b"exit":
        break
connection.close()
