"""Worker processes that accept from one listener; files are mapped into memory."""

import mmap
import os
import socket
import stat
import sys

WORKERS = 12
folder = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
for _ in range(WORKERS - 1):
    if not os.fork():
        break


def answer(offset, name):
    try:
        if "/" in name:
            raise ValueError("only names of files here")
        path = os.path.join(folder, name)
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ValueError("no regular file")
        size = os.path.getsize(path)
        if offset >= size:
            return [b"0\n"]
        with open(path, "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        return [f"{size - offset}\n".encode(), memoryview(mapped)[offset:]]
    except (OSError, ValueError) as problem:
        return [f"error {problem}\n".encode()]


while True:
    connection, _ = listener.accept()
    try:
        with connection, connection.makefile("rb") as stream:
            for line in stream:
                if line.strip() != b"ok":
                    first, second = line.decode().removesuffix("\n").split(" ", 1)
                    for part in answer(int(first), second):
                        connection.sendall(part)
    except OSError:
        pass
