"""socketserver's threads; its serve_forever() runs beside the main one."""

import signal
import socketserver
import struct
import socket
import sys
import threading

room = []
lock = threading.RLock()


def tell(text):
    with lock:
        for handler in room[:]:
            try:
                handler.request.sendall(text)
            except OSError:
                room.remove(handler)
                try:
                    handler.request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class Handler(socketserver.StreamRequestHandler):
    def setup(self):
        super().setup()
        limit = struct.pack("ll", 0, 300_000)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def handle(self):
        name = self.line()
        if name is None:
            return
        name = name.rstrip(b"\n")
        with lock:
            room.append(self)
            tell(name + b" joined\n")
        try:
            while (line := self.line()) is not None:
                tell(name + b": " + line)
        finally:
            with lock:
                if self in room:
                    room.remove(self)
            tell(name + b" left\n")

    def line(self):
        try:
            line = self.rfile.readline()
        except ConnectionError:
            return None
        return line if line.endswith(b"\n") else None


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100


stopped = threading.Event()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: stopped.set())
with Server((sys.argv[1], int(sys.argv[2])), Handler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stopped.wait()
    server.shutdown()
