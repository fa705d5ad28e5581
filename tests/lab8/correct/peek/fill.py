import fcntl
import select
import socket
import struct
import sys
import time

SIOCOUTQ = 0x5411
SILENCE = 0.5

host, port, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
connection = socket.create_connection((host, port), seconds)
time.sleep(0.1)  # a buffer may be asked for at any time
if sys.argv[5:]:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(sys.argv[5]))
connection.setblocking(False)
rest = memoryview(bytearray(count))
changed = time.monotonic()
while rest and time.monotonic() - changed < SILENCE:
    try:
        rest = rest[connection.send(rest) :]
        changed = time.monotonic()
    except BlockingIOError:
        select.select([], [connection], [], 0.05)
(unacknowledged,) = struct.unpack("i", fcntl.ioctl(connection, SIOCOUTQ, b"\0" * 4))
print("SO_SNDBUF: %d" % connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF))
print("unacknowledged: %d" % unacknowledged)
print("taken: %d" % (count - len(rest)))
try:
    connection.settimeout(seconds)
    doing = "send"
    connection.sendall(rest)
    connection.shutdown(socket.SHUT_WR)
    doing = "recv"
    line = connection.recv(100).decode()
except TimeoutError:
    print(doing + ": timed out")
    sys.exit(124)
print("server: " + line.rstrip())
if line.strip() != "received %d bytes" % count:
    sys.exit("not all was received")
