"""Reads and sends single bytes."""

import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))


def read_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if byte == b"":
            return None
        line += byte
    return line[:-1]


while True:
    connection, _ = listener.accept()
    try:
        while True:
            line = read_line(connection)
            if line is None or line == b"exit":
                break
            print(line.decode("utf-8", "replace"))
            try:
                answer = input("? ").encode()
            except EOFError:
                answer = b"received: " + line
            for byte in answer + b"\n":
                connection.send(bytes([byte]))
            if answer == b"exit":
                break
    except (ConnectionResetError, BrokenPipeError) as problem:
        print(repr(problem))
    connection.close()
