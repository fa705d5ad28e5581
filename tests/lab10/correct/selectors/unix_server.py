"""selectors, many clients at once; chmod() before listen()."""

import contextlib
import os
import selectors
import signal
import socket
import stat
import struct
import sys

kind, path = sys.argv[1], sys.argv[2]
KIND = {"stream": socket.SOCK_STREAM, "datagram": socket.SOCK_DGRAM}[kind]


def busy():
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return "a file"
    except FileNotFoundError:
        return ""
    probe = socket.socket(socket.AF_UNIX, KIND)
    try:
        probe.connect(path)
    except ConnectionRefusedError:
        return ""
    except OSError as problem:
        return problem.strerror
    finally:
        probe.close()
    return "another server"


def accept(server):
    connection, _ = server.accept()
    connection.setblocking(False)
    texts[connection] = b""
    selector.register(connection, selectors.EVENT_READ, read)


def read(connection):
    piece = connection.recv(1000)
    texts[connection] += piece
    if not piece:
        pid, uid, _gid = struct.unpack("=iII", connection.getsockopt(1, socket.SO_PEERCRED, 12))
        connection.setblocking(True)
        with contextlib.suppress(OSError):
            connection.sendall(b"process %d of user %d: " % (pid, uid) + texts.pop(connection))
        selector.unregister(connection)
        connection.close()


def reply(server):
    data, address = server.recvfrom(1 << 18)
    if address:
        try:
            server.sendto(b"%d bytes: " % len(data) + data, address)
        except OSError as problem:
            print(problem)


if why := busy():
    print(f"{path}: {why}", file=sys.stderr)
    sys.exit(1)
if os.path.lexists(path):
    os.unlink(path)
texts = {}
server = socket.socket(socket.AF_UNIX, KIND)
server.bind(path)
os.chmod(path, 0o600)
if kind == "stream":
    server.listen()
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
selector = selectors.DefaultSelector()
selector.register(server, selectors.EVENT_READ, accept if kind == "stream" else reply)
try:
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
finally:
    os.unlink(path)
