"""One thread, one selector: UDP first, then TCP."""

import selectors
import socket
import sys

address = sys.argv[1], int(sys.argv[2])
selector = selectors.DefaultSelector()
pieces = {}


def answer(data):
    return f"{len(data)} bytes: ".encode() + data


def take(server):
    data, source = server.recvfrom(2048)
    server.sendto(answer(data), source)


def accept(listener):
    connection, _ = listener.accept()
    pieces[connection] = b""
    selector.register(connection, selectors.EVENT_READ, read)


def read(connection):
    data = connection.recv(4096)
    *lines, pieces[connection] = (pieces[connection] + data).split(b"\n")
    for line in lines:
        connection.sendall(answer(line) + b"\n")
    if not data:
        selector.unregister(connection)
        del pieces[connection]
        connection.close()


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(address)
selector.register(server, selectors.EVENT_READ, take)
listener = socket.create_server(address)
selector.register(listener, selectors.EVENT_READ, accept)
while True:
    for key, _ in selector.select():
        key.data(key.fileobj)
