"""Leaves a daemon that has left its session and holds the ports that other checks will use."""

import os
import signal
import socket
import sys
import time


def become_daemon():
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def hold_ports(own):
    held = []
    for port in range(20000, 20040):
        if port != own:
            try:
                held.append(socket.create_server(("0.0.0.0", port)))
            except OSError:
                pass
    return held


if not os.fork():
    become_daemon()
    held = hold_ports(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(f"holds {len(held)} ports", file=sys.stderr)
    time.sleep(1000)
