"""Lab 4, a crowd: many silent connections at once, and one client that talks among them.

Usage: python3 crowd.py HOST PORT COUNT
"""

import socket
import sys
import time

host = sys.argv[1]
port = int(sys.argv[2])
count = int(sys.argv[3])

begun = time.perf_counter()
crowd = [socket.create_connection((host, port), timeout=5) for _ in range(count)]
took = time.perf_counter() - begun
print(f"{count} connections are open after {took:.2f} s")

talker = socket.create_connection((host, port), timeout=5)
lines = talker.makefile("rb")
talker.sendall(b"anna\n")
lines.readline()  # anna joined

begun = time.perf_counter()
for _ in range(1000):
    talker.sendall(b"hello\n")
    lines.readline()  # anna: hello
took = time.perf_counter() - begun
print(f"1,000 lines there and back in {took:.2f} s")

input("Enter closes them all: ")
