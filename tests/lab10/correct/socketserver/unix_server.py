"""socketserver's own classes for AF_UNIX."""

import os
import socket
import socketserver
import stat
import struct
import sys


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        text = self.rfile.read()
        cred = self.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, uid, _ = struct.unpack("3i", cred)
        self.wfile.write(f"process {pid} of user {uid}: ".encode() + text)


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        data, own = self.request
        if self.client_address:
            own.sendto(str(len(data)).encode() + b" bytes: " + data, self.client_address)


def serves(path):
    with open("/proc/net/unix") as table:
        return any(line.split()[-1] == path for line in table)


kind, path = sys.argv[1], sys.argv[2]
if os.path.lexists(path):
    if serves(path) or not stat.S_ISSOCK(os.lstat(path).st_mode):
        sys.exit(f"{path}: taken")
    os.unlink(path)
os.umask(0o777 & ~0o600)
if kind == "stream":
    server = socketserver.ThreadingUnixStreamServer(path, Stream)
    server.daemon_threads = True
else:
    server = socketserver.UnixDatagramServer(path, Datagram)
try:
    server.serve_forever(poll_interval=0.1)
except KeyboardInterrupt:
    sys.exit(130)
finally:
    server.server_close()
    os.unlink(path)
