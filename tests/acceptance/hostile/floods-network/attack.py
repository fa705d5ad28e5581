"""Scans its subnet, then floods the peer and the other host for a while.

addresses.json, put beside it by the test, has them by host.
"""

import ipaddress
import json
import os
import socket
import sys
import time

FLOOD_S = 0.7

with open("addresses.json") as file:
    addresses = json.load(file)


def scan():
    own = ipaddress.ip_interface(f"{addresses['server']}/28").network
    for address in own.hosts():
        for port in (22, 80, 2375, 8080, *range(20000, 20022)):
            with socket.socket() as tried:
                tried.setblocking(False)
                tried.connect_ex((str(address), port))


def flood(address):
    end = time.monotonic() + FLOOD_S
    datagrams = socket.socket(type=socket.SOCK_DGRAM)
    datagrams.setblocking(False)
    sent = 0
    while time.monotonic() < end:
        try:
            datagrams.sendto(bytes(1400), (address, 20000 + sent % 40))
            tried = socket.socket()
            tried.setblocking(False)
            tried.connect_ex((address, 20000 + sent % 40))
            tried.close()
            sent += 1
        except OSError:
            pass
    print(f"sent {sent} to {address}", file=sys.stderr)


if not os.fork():
    scan()
    for name in ("server", "client", "peer"):
        if not os.fork():
            flood(addresses[name])
            os._exit(0)
    os._exit(0)
