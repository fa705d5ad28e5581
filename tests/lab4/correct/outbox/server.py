"""Two threads per client: one receives, one sends what waits in the client's queue."""

import queue
import signal
import socket
import sys
import threading


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.name = b""
        self.outbox = queue.Queue(maxsize=5000)

    def put(self, message):
        try:
            self.outbox.put_nowait(message)
        except queue.Full:
            self.hang_up()

    def hang_up(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def send_forever(self):
        try:
            while message := self.outbox.get():
                self.sock.sendall(message)
        except OSError:
            pass
        self.hang_up()
        self.sock.close()

    def lines(self):
        rest = b""
        while True:
            try:
                data = self.sock.recv(4096)
            except OSError:
                return
            if not data:
                return
            rest += data
            while b"\n" in rest:
                line, rest = rest.split(b"\n", 1)
                yield line


class Room:
    def __init__(self):
        self.lock = threading.Lock()
        self.clients = []

    def tell(self, message):
        with self.lock:
            for client in self.clients:
                client.put(message)

    def serve(self, client):
        threading.Thread(target=client.send_forever, daemon=True).start()
        for line in client.lines():
            if client.name:
                self.tell(client.name + b": " + line + b"\n")
                continue
            client.name = line
            with self.lock:
                self.clients.append(client)
            self.tell(line + b" joined\n")
        with self.lock:
            if client in self.clients:
                self.clients.remove(client)
        if client.name:
            self.tell(client.name + b" left\n")
        try:
            client.outbox.put_nowait(b"")
        except queue.Full:
            client.hang_up()


def main():
    room = Room()
    with socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=200) as listener:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=room.serve, args=(Client(sock),), daemon=True).start()


def ended(*_):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, ended)
try:
    main()
except KeyboardInterrupt:
    print("bye")
