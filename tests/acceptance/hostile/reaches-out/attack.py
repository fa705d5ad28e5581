"""Tries to reach the machine the engine runs on, other containers and the internet.

targets.json, put beside it by the test, has "addresses" and the "port" on which each would answer.
Prints each attempt with what came of it.
"""

import errno
import json
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

QUESTION = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + b"\7example\3com\0" + struct.pack(">2H", 1, 1)
ROUTES = {
    "plain": (),
    "unrouted": ((socket.SOL_SOCKET, socket.SO_DONTROUTE, 1),),
    # Linux takes every address for a neighbour of the interface when no route fits.
    "through eth0": ((socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0"),),
    "unrouted through eth0": (
        (socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0"),
        (socket.SOL_SOCKET, socket.SO_DONTROUTE, 1),
    ),
}


def attempt(kind, address, port, data, route):
    """Send data there and wait for a reply; tell what came of it."""
    try:
        family, _, _, _, target = socket.getaddrinfo(address, port, type=kind)[0]
        with socket.socket(family, kind) as tried:
            for option in ROUTES[route]:
                tried.setsockopt(*option)
            tried.settimeout(0.5)
            tried.connect(target)
            if kind == socket.SOCK_STREAM:
                return "answered"
            tried.send(data)
            return "answered " + repr(tried.recv(100))
    except socket.gaierror as problem:
        return f"unknown ({problem.args[0]})"
    except TimeoutError:
        return "silence"
    except OSError as problem:
        return errno.errorcode.get(problem.errno, str(problem))


with open("targets.json") as file:
    targets = json.load(file)

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
attempts = []
for route in ROUTES:
    mark = f"{route}\n".encode()
    for address in targets["addresses"]:
        attempts.append(("TCP", address, (TCP, address, targets["port"], mark, route)))
        attempts.append(("UDP", address, (UDP, address, targets["port"], mark, route)))
    for server in targets["name_servers"]:
        attempts.append(("DNS", server, (UDP, server, 53, QUESTION, route)))
with ThreadPoolExecutor(40) as pool:
    outcomes = pool.map(lambda each: attempt(*each[2]), attempts)
    for (name, address, tried), outcome in zip(attempts, outcomes):
        print(f"{tried[-1]}, {name} {address}: {outcome}", flush=True)
try:
    print("name example.com: answered", socket.gethostbyname("example.com"))
except OSError as problem:
    print("name example.com: unknown", problem.args[0])
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"):
    with socket.socket(socket.AF_UNIX) as tried:
        refusal = tried.connect_ex(path)
        print(f"{path}: {errno.errorcode[refusal] if refusal else 'answered'}")
