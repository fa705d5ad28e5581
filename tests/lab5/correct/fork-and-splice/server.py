"""A process for each client, os.sendfile."""

import os
import signal
import socket
import sys

folder = (sys.argv[3:] or ["/srv/files"])[0]
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))


def send_file(connection, descriptor, offset):
    while sent := os.sendfile(connection.fileno(), descriptor, offset, 1 << 24):
        offset += sent


def serve(connection):
    with connection.makefile("r", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line == "ok\n":
                continue
            offset, name = line[:-1].split(" ", 1)
            where = os.open(folder, os.O_PATH)
            try:
                if os.sep in name:
                    raise OSError("no separators")
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=where)
                size = os.lseek(descriptor, 0, os.SEEK_END)
                if os.path.isdir(f"/proc/self/fd/{descriptor}"):
                    raise OSError("a folder")
            except OSError as problem:
                connection.sendall(f"error {problem}\n".encode())
                continue
            connection.send(f"{size - int(offset)}\n".encode())
            send_file(connection, descriptor, int(offset))
            os.close(descriptor)
            os.close(where)


while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        serve(connection)
        os._exit(0)
    connection.close()
