"""Writes the time by strftime, days with a leading zero; surrogateescape keeps every byte."""

import socket
import sys
import time

WAYS = {"encoding": "utf-8", "errors": "surrogateescape"}

listener = socket.socket()
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen()
while True:
    guest, where = listener.accept()
    rest = ""
    heard = b""
    try:
        while True:
            more = guest.recv(3000)
            if more == b"":
                break
            heard += more
            if b"\n" not in more:
                continue
            for line in heard[: heard.rindex(b"\n")].split(b"\n"):
                text = str(line, **WAYS)
                if text.endswith("\r"):
                    text = text[:-1]
                now = time.strftime("%a %b %d %H:%M:%S %Y", time.localtime())
                guest.sendall(bytes(f"[{now}] {text}\n", **WAYS))
            heard = heard[heard.rindex(b"\n") + 1 :]
        guest.shutdown(socket.SHUT_WR)
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
    guest.close()
