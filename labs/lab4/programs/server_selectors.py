"""Lab 4, the server once more: a chat room in one thread, for thousands of clients.

Usage: python3 server_selectors.py HOST PORT
"""

import contextlib
import selectors
import signal
import socket
import sys

MOST_UNSENT = 1_000_000  # bytes; who does not read for that long has to go

host = sys.argv[1]
port = int(sys.argv[2])
selector = selectors.DefaultSelector()  # tells which sockets are ready
members = set()


class Client:
    """One connection, and what a thread would keep in its local variables."""

    def __init__(self, connection):
        self.connection = connection
        self.name = b""
        self.received = b""  # the beginning of a line
        self.unsent = b""  # what waits until there is room in the send buffer

    def receive(self):
        """Take what has come: its socket is ready, so recv() does not wait."""
        data = self.connection.recv(65536)
        *lines, self.received = (self.received + data).split(b"\n")
        for line in lines:
            if self.name:
                tell(self.name + b": " + line + b"\n")
            else:
                self.name = line
                members.add(self)
                tell(self.name + b" joined\n")
        return bool(data)  # not at end-of-stream

    def send(self):
        """Send what the kernel takes now; the rest waits until the socket is ready for it."""
        with contextlib.suppress(BlockingIOError):  # its send buffer is full
            self.unsent = self.unsent[self.connection.send(self.unsent) :]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.unsent else 0)
        selector.modify(self.connection, events, self)
        return len(self.unsent) < MOST_UNSENT

    def leave(self):
        """Forget the client and tell the others."""
        selector.unregister(self.connection)
        self.connection.close()
        if self in members:
            members.remove(self)
            tell(self.name + b" left\n")


def attempt(action, client):
    """Do something for a client; it leaves if that fails or is the last."""
    try:
        stays = action()
    except OSError:
        stays = False
    if not stays and client.connection.fileno() >= 0:  # not closed yet
        client.leave()


def tell(message):
    """Give a message to everyone in the room."""
    for member in list(members):
        waiting = bool(member.unsent)
        member.unsent += message
        if not waiting or len(member.unsent) > MOST_UNSENT:
            attempt(member.send, member)


def stop(signum, frame):
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)

listener = socket.create_server((host, port), backlog=1024)
selector.register(listener, selectors.EVENT_READ)
print(f"listening on {host} port {port}")

while True:
    for key, events in selector.select():  # the only place where this program waits
        client = key.data
        if client is None:
            connection, address = listener.accept()
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, Client(connection))
            continue
        if events & selectors.EVENT_WRITE:
            attempt(client.send, client)
        if events & selectors.EVENT_READ and client.connection.fileno() >= 0:
            attempt(client.receive, client)
