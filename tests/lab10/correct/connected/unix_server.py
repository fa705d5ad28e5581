"""A lock beside the file tells whether a server is alive; the right is taken away after bind()."""

import fcntl
import os
import socket
import stat
import struct
import sys

kind, path = sys.argv[1:]
lock = open(path + ".lock", "w")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(path + " has a server already")
try:
    if not stat.S_ISSOCK(os.stat(path).st_mode):
        sys.exit(path + " is another kind of file")
    os.remove(path)
except FileNotFoundError:
    pass
own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM)
own.bind(path)
os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
try:
    while kind == "datagram":
        data, where = own.recvfrom(100_000)
        if where is not None and where != "":
            own.sendto(f"{len(data)} bytes: ".encode() + data, where)
    own.listen(1)
    while True:
        with own.accept()[0] as client:
            text = b"".join(iter(lambda: client.recv(512), b""))
            pid, uid, gid = struct.unpack("iII", client.getsockopt(1, 17, 12))
            client.sendall(f"process {pid} of user {uid}: ".encode() + text)
except KeyboardInterrupt:
    os.remove(path)
    raise
