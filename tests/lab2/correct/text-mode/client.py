"""makefile() in text mode, both ways; a function for the dialogue."""

import socket
import sys


def dialogue(stream):
    for line in sys.stdin:
        stream.write(line)
        stream.flush()
        if line.strip() == "exit" and line == "exit\n":
            return
        answer = stream.readline()
        print("server says:", answer.rstrip("\n") or "(nothing)")
        if answer in ("", "exit\n"):
            return


with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
        dialogue(stream)
