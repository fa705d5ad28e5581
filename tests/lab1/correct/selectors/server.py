"""Non-blocking sockets and one loop."""

import selectors
import socket
import sys


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.received = b""
        self.to_send = b""

    def handle(self, selector):
        if self.to_send:
            sent = self.sock.send(self.to_send)
            self.to_send = self.to_send[sent:]
        else:
            piece = self.sock.recv(4096)
            if not piece:
                self.leave(selector)
                return
            self.received += piece
            if not piece.endswith(b"\n"):
                return
            text = self.received.rstrip(b"\r\n")
            self.to_send = str(len(text)).encode() + b" bytes: " + text + b"\n"
            selector.modify(self.sock, selectors.EVENT_WRITE, self)
        if not self.to_send:
            self.leave(selector)

    def leave(self, selector):
        selector.unregister(self.sock)
        self.sock.close()


def main():
    selector = selectors.DefaultSelector()
    listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
    listening.setblocking(False)
    selector.register(listening, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                sock, _ = listening.accept()
                sock.setblocking(False)
                selector.register(sock, selectors.EVENT_READ, Client(sock))
            else:
                key.data.handle(selector)


if __name__ == "__main__":
    main()
