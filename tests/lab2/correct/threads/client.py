"""One thread types, one listens: nobody waits for an answer."""

import os
import socket
import sys
import threading

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))


def listen():
    for line in connection.makefile(encoding="utf-8", newline="\n"):
        print(line, end="")
        if line == "exit\n":
            break
    os._exit(0)


threading.Thread(target=listen, daemon=True).start()
for line in sys.stdin:
    connection.sendall(line.encode())
    if line == "exit\n":
        break
connection.close()
os._exit(0)
