"""Keeps halves under the SHA-256 of their names, readable for nobody else."""

import hashlib
import os
import socket
import sys

HOST, PORT, FOLDER = sys.argv[1:4]
os.umask(0o077)


class Transfer:
    def __init__(self, connection, name):
        self.connection = connection
        self.name = name
        self.half = os.path.join(FOLDER, hashlib.sha256(name.encode()).hexdigest())

    def run(self):
        try:
            have = os.stat(self.half).st_size
        except FileNotFoundError:
            have = 0
        self.connection.sendall(b"%d %s\n" % (have, self.name.encode()))
        head = b""
        while not head.endswith(b"\n"):
            byte = self.connection.recv(1)
            if not byte:
                raise EOFError("closed")
            head += byte
        if head.startswith(b"error"):
            raise ValueError(head.decode())
        self.copy(int(head))
        os.rename(self.half, os.path.join(FOLDER, self.name))
        self.connection.send(b"ok\n")

    def copy(self, size):
        descriptor = os.open(self.half, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        buffer = memoryview(bytearray(1 << 18))
        while size:
            count = self.connection.recv_into(buffer, min(size, len(buffer)))
            if not count:
                raise EOFError("closed")
            size -= count
            done = 0
            while done < count:
                done += os.write(descriptor, buffer[done:count])
        os.fsync(descriptor)
        os.close(descriptor)


problems = []
with socket.create_connection((HOST, int(PORT))) as connection:
    for name in sys.argv[4:]:
        try:
            Transfer(connection, name).run()
        except ValueError as problem:
            problems.append(problem)
sys.exit("\n".join(map(str, problems)) or None)
