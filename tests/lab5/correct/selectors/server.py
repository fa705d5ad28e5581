"""One thread, non-blocking sockets."""

import os
import selectors
import socket
import sys

folder = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"
selector = selectors.DefaultSelector()


class Client:
    def __init__(self, sock):
        self.sock, self.data, self.out, self.file = sock, bytearray(), b"", None
        sock.setblocking(False)
        selector.register(sock, selectors.EVENT_READ, self)

    def ready(self, mask):
        try:
            if mask & selectors.EVENT_READ:
                piece = self.sock.recv(4096)
                if not piece:
                    raise ConnectionError
                self.data += piece
            self.work()
        except BlockingIOError:
            pass
        except OSError:
            selector.unregister(self.sock)
            self.sock.close()
            return
        busy = self.out or self.file
        selector.modify(self.sock, selectors.EVENT_WRITE if busy else selectors.EVENT_READ, self)

    def work(self):
        while True:
            if self.out:
                self.out = self.out[self.sock.send(self.out) :]
            elif self.file:
                self.out = self.file.read(50_000)
                if not self.out:
                    self.file.close()
                    self.file = None
            elif b"\n" in self.data:
                line, _, self.data = self.data.partition(b"\n")
                if line != b"ok":
                    self.answer(line.decode())
            else:
                return

    def answer(self, line):
        offset, name = line.split(" ", 1)
        path = os.path.realpath(os.path.join(folder, name))
        if os.path.dirname(path) != os.path.realpath(folder) or "/" in name:
            self.out = b"error you may not have that\n"
            return
        try:
            self.file = open(path, "rb")
        except OSError as problem:
            self.out = f"error {problem.strerror}\n".encode()
            return
        size = os.fstat(self.file.fileno()).st_size
        self.file.seek(int(offset))
        self.out = f"{size - int(offset)}\n".encode()


listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=50)
selector.register(listener, selectors.EVENT_READ)
while True:
    for key, mask in selector.select():
        if key.data:
            key.data.ready(mask)
        else:
            Client(listener.accept()[0])
