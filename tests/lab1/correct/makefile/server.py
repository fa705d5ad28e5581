"""Files made of sockets, in text mode."""

import socket
import sys

with socket.create_server((sys.argv[1], int(sys.argv[2]))) as listener:
    while True:
        connection, address = listener.accept()
        with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
            line = stream.readline()
            if not line.endswith("\n"):
                continue
            text = line[:-1].removesuffix("\r")
            stream.write(f"{len(text.encode('utf-8'))} bytes: {text}\n")
