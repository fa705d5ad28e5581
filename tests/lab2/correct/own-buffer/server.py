"""A buffer of its own, a timeout that is asked again, a listener with the smallest backlog."""

import socket
import sys


class Lines:
    def __init__(self, connection):
        self.connection = connection
        self.data = bytearray()

    def next(self):
        while (end := self.data.find(b"\n")) < 0:
            try:
                piece = self.connection.recv(7)
            except socket.timeout:
                continue
            if not piece:
                return None
            self.data += piece
        line = bytes(self.data[:end])
        del self.data[: end + 1]
        return line


def answer_to(line):
    typed = sys.stdin.buffer.readline()
    return typed.rstrip(b"\n") if typed else b"received: " + line


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(1)
while True:
    connection, address = listener.accept()
    connection.settimeout(0.2)
    lines = Lines(connection)
    try:
        while (line := lines.next()) is not None:
            sys.stdout.buffer.write(b"<- " + line + b"\n")
            sys.stdout.buffer.flush()
            answer = line if line == b"exit" else answer_to(line)
            if line != b"exit":
                connection.sendall(answer + b"\n")
            if answer == b"exit":
                break
    except OSError:
        pass
    finally:
        connection.close()
