"""A selector, sockets that do not block."""

import selectors
import socket
import sys

selector = selectors.DefaultSelector()
host, port = sys.argv[1], int(sys.argv[2])
found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
family, kind, protocol, _, address = found[0]
listener = socket.socket(family, kind, protocol)
listener.setblocking(False)
try:
    listener.bind(address)
    listener.listen(100)
except OSError:
    sys.stderr.write("%s:%d is busy (ss -tlnp)\n" % (host, port))
    sys.exit(1)
selector.register(listener, selectors.EVENT_READ)
print("listening on", listener.getsockname()[0], "port", listener.getsockname()[1])
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            connection, client = listener.accept()
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_WRITE, client)
        else:
            connection, client, own = key.fileobj, key.data, key.fileobj.getsockname()
            text = "you are %s port %d, I am %s port %d\n" % (*client[:2], *own[:2])
            connection.send(text.replace("::ffff:", "").encode())
            selector.unregister(connection)
            connection.close()
