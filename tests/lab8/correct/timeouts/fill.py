"""Never non-blocking in name: a socket with a timeout takes parts as well."""

import fcntl
import socket
import sys
import termios

host, port, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
connection = socket.socket()
if len(sys.argv) == 6:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(sys.argv[5]))
connection.settimeout(seconds)
connection.connect((host, port))
data = b"a" * count
sent = 0
connection.settimeout(0.5)
try:
    while sent < count:
        sent += connection.send(data[sent : sent + 100_000])
except TimeoutError:
    pass
print(f"taken: {sent}")
queue = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, "\0\0\0\0")
print(f"unacknowledged: {int.from_bytes(queue, sys.byteorder)}")
print(f"SO_SNDBUF: {connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)}")
connection.settimeout(seconds)
call = "send"
try:
    while sent < count:
        sent += connection.send(data[sent : sent + 100_000])
    connection.shutdown(socket.SHUT_WR)
    call = "recv"
    line = b""
    while piece := connection.recv(1024):
        line += piece
except TimeoutError:
    print(f"{call}: timed out")
    sys.exit(124)
print("server:", line.decode().strip())
sys.exit(line != b"received %d bytes\n" % count)
