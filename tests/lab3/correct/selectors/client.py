"""One loop over standard input and the socket; prints what comes when it comes."""

import os
import selectors
import socket
import sys

try:
    sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
except OSError as problem:
    print("cannot connect:", problem, file=sys.stderr)
    raise SystemExit(2)
sock.setblocking(False)
typed, to_send, half = b"", b"", b""
waiting, is_typing = 0, True
selector = selectors.DefaultSelector()
selector.register(0, selectors.EVENT_READ)
selector.register(sock, selectors.EVENT_READ)
while is_typing or waiting:
    for key, events in selector.select():
        try:
            if key.fd == 0:
                piece = os.read(0, 65536)
                if not piece:
                    selector.unregister(0)
                    is_typing = False
                    piece = b"\n" if typed else b""
                *lines, typed = (typed + piece).split(b"\n")
                waiting += len(lines)
                to_send += b"".join(line + b"\n" for line in lines)
            if events & selectors.EVENT_WRITE:
                to_send = to_send[sock.send(to_send):]
            elif key.fd != 0:
                piece = sock.recv(65536)
                if not piece:
                    raise ConnectionError("end of stream")
                *answers, half = (half + piece).split(b"\n")
                for answer in answers:
                    waiting -= 1
                    print(answer.decode(), flush=True)
        except OSError as problem:
            print("server lost:", problem, file=sys.stderr)
            raise SystemExit(2)
    both = selectors.EVENT_READ | selectors.EVENT_WRITE
    selector.modify(sock, both if to_send else selectors.EVENT_READ)
sock.close()
