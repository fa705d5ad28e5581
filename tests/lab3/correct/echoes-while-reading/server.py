"""Keeps no line: sends the time when a line begins to come, then each piece as it comes."""

import socket
import sys
import time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    try:
        client, _ = listener.accept()
        with client:
            kept = b""  # an unfinished line has no answer, so its first bytes are kept for a while
            is_begun = False
            while piece := client.recv(4096):
                kept += piece
                *lines, kept = kept.split(b"\n")
                for line in lines:
                    if not is_begun:
                        client.sendall(f"[{time.ctime()}] ".encode())
                    client.sendall(line.removesuffix(b"\r") + b"\n")
                    is_begun = False
                if len(kept) > 10_000:
                    if not is_begun:
                        client.sendall(f"[{time.ctime()}] ".encode())
                        is_begun = True
                    client.sendall(kept[:-1])
                    kept = kept[-1:]
    except OSError:
        continue
