"""Opens sockets of every kind in several processes until it may not, and keeps them."""

import os
import socket
import sys
import time

KINDS = (
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET, socket.SOCK_DGRAM),
    (socket.AF_INET6, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
    (socket.AF_NETLINK, socket.SOCK_RAW),
)


def open_all():
    kept = []
    try:
        while True:
            kept.append(socket.socket(*KINDS[len(kept) % len(KINDS)]))
            if kept[-1].family == socket.AF_INET and kept[-1].type == socket.SOCK_STREAM:
                kept[-1].listen()
    except OSError:
        return kept


if not os.fork():
    for _ in range(3):
        os.fork()
    kept = open_all()
    print(f"{len(kept)} sockets", file=sys.stderr)
    time.sleep(1000)
