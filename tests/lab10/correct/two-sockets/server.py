"""One socket for each family."""

import select
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
listeners = []
six = socket.socket(socket.AF_INET6)
six.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
six.bind((host, port))
listeners.append((six, "IPv6"))
if host == "::" and "only" not in sys.argv:
    four = socket.socket()
    four.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    four.bind(("", port))
    listeners.append((four, "IPv4"))
for each, _ in reversed(listeners):
    each.listen(5)
while True:
    for ready in select.select([each for each, _ in listeners], [], [])[0]:
        family = dict(listeners)[ready]
        connection, address = ready.accept()
        with connection:
            connection.sendall(f"you are {address[0]} port {address[1]} by {family}\n".encode())
