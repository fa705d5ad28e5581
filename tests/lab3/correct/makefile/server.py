"""Files in text mode, with an encoding that keeps every byte."""

import socket
import sys
import time

with socket.create_server((sys.argv[1], int(sys.argv[2]))) as listener:
    while True:
        connection, address = listener.accept()
        try:
            with connection, connection.makefile("rw", encoding="latin-1", newline="\n") as stream:
                for line in stream:
                    if line[-1] == "\n":
                        text = line[:-1].removesuffix("\r")
                        print(f"[{time.ctime()}] {text}", file=stream, flush=True)
        except Exception as error:
            print(address, "failed:", repr(error))
