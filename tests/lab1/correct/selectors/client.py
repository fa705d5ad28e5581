"""Prints the reply while it arrives, with a decoder that keeps half characters."""

import codecs
import selectors
import socket
import sys

host, port, *rest = sys.argv[1:]
sock = socket.create_connection((host, int(port)))
sock.setblocking(False)
to_send = " ".join(rest or ["hello"]).encode() + b"\n"
decoder = codecs.getincrementaldecoder("utf-8")()
selector = selectors.DefaultSelector()
selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
is_open = True
while is_open:
    for _, events in selector.select():
        if events & selectors.EVENT_WRITE:
            to_send = to_send[sock.send(to_send):]
            if not to_send:
                selector.modify(sock, selectors.EVENT_READ)
        if events & selectors.EVENT_READ:
            piece = sock.recv(1000)
            is_open = bool(piece)
            sys.stdout.write(decoder.decode(piece, final=not is_open))
            sys.stdout.flush()
