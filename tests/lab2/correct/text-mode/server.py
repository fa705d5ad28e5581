"""makefile() in text mode, both ways; shuts down before it closes."""

import contextlib
import socket
import sys

with socket.create_server((sys.argv[1], int(sys.argv[2]))) as listener:
    while True:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError), connection:
            with connection.makefile("rw", encoding="utf-8", errors="replace", newline="\n") as both:
                while line := both.readline():
                    print(line, end="")
                    if line == "exit\n":
                        break
                    answer = sys.stdin.readline() or f"received: {line}"
                    both.write(answer)
                    both.flush()
                    if answer == "exit\n":
                        break
                connection.shutdown(socket.SHUT_WR)
