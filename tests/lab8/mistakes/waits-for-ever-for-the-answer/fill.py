"""Lab 8, the client: sends BYTES bytes without blocking and says where they are.

Usage: python3 fill.py HOST PORT BYTES SECONDS [SNDBUF]
"""

import fcntl
import select
import socket
import sys
import termios

FULL = 0.5  # so many seconds without room for more: the buffers of both hosts are full

host = sys.argv[1]
port = int(sys.argv[2])
data = memoryview(b"x" * int(sys.argv[3]))  # a slice of it copies nothing
seconds = float(sys.argv[4])  # that a call may wait
size = int(sys.argv[5]) if len(sys.argv) > 5 else 0  # of the send buffer; 0: as it comes

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
if size:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
connection.settimeout(seconds)
try:
    connection.connect((host, port))
except TimeoutError:
    print(f"connect: timed out after {seconds} s")
    sys.exit(124)


def is_writable(limit):
    """Wait until the send buffer has room."""
    return select.select([], [connection], [], limit)[1]


connection.setblocking(False)
taken = 0
while taken < len(data) and is_writable(FULL):
    taken += connection.send(data[taken:])  # perhaps not all of it

buffer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)  # not what was asked
print(f"SO_SNDBUF: {buffer}")
print(f"taken: {taken}")
waiting = fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4))  # SIOCOUTQ of tcp(7)
print(f"unacknowledged: {int.from_bytes(waiting, sys.byteorder)}")

while taken < len(data):
    if not is_writable(seconds):
        print(f"send: timed out after {seconds} s")
        sys.exit(124)
    taken += connection.send(data[taken:])

connection.setblocking(True)
connection.shutdown(socket.SHUT_WR)
try:
    line = connection.makefile().readline()
except TimeoutError:
    print(f"recv: timed out after {seconds} s")
    sys.exit(124)
print(f"server: {line}", end="")
if line != f"received {len(data)} bytes\n":  # only the receiver knows what it has received
    sys.exit(1)
