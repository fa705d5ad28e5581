"""Non-blocking sockets and one loop; answers wait in a buffer of each client."""

import selectors
import socket
import sys
import time


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.received = bytearray()
        self.to_send = bytearray()
        self.has_ended = False

    def read(self):
        piece = self.sock.recv(1 << 16)
        self.has_ended = not piece
        self.received += piece
        while (end := self.received.find(b"\n")) >= 0:
            line = bytes(self.received[:end])
            del self.received[: end + 1]
            self.to_send += b"[" + time.ctime().encode() + b"] " + line.removesuffix(b"\r") + b"\n"

    def write(self):
        del self.to_send[: self.sock.send(self.to_send)]


def main():
    selector = selectors.DefaultSelector()
    listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
    selector.register(listening, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            client = key.data
            if client is None:
                sock, _ = listening.accept()
                sock.setblocking(False)
                selector.register(sock, selectors.EVENT_READ, Client(sock))
                continue
            try:
                if events & selectors.EVENT_READ:
                    client.read()
                else:
                    client.write()
            except OSError:
                client.has_ended = True
                client.to_send.clear()
            if client.to_send:
                selector.modify(client.sock, selectors.EVENT_WRITE, client)
            elif client.has_ended:
                selector.unregister(client.sock)
                client.sock.close()
            else:
                selector.modify(client.sock, selectors.EVENT_READ, client)


if __name__ == "__main__":
    main()
