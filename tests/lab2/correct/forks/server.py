"""One process a client, which has a copy of the listener until it closes it."""

import os
import signal
import socket
import sys

signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end are not waited for
listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=50)
while True:
    connection, _ = listener.accept()
    if os.fork():
        connection.close()
        continue
    listener.close()
    try:
        for line in connection.makefile("rb"):
            text = line.decode(errors="replace").rstrip("\n")
            os.write(1, line)
            if text == "exit":
                break
            answer = b""
            while not answer.endswith(b"\n"):  # a line, and not a byte more than it
                byte = os.read(0, 1)
                if not byte:
                    answer = f"received: {text}\n".encode()
                answer += byte
            connection.sendall(answer)
            if answer == b"exit\n":
                break
    except OSError:
        pass
    os._exit(0)
