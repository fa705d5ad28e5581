"""A socket for each family instead of one for both, a thread for each client."""

import errno
import socket
import sys
import threading


def listen(family, host, port):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, port))
    listener.listen()
    print("listening on %s port %s" % listener.getsockname()[:2])
    return listener


def serve(listener):
    while True:
        connection, client = listener.accept()
        threading.Thread(target=answer, args=(connection, client)).start()


def answer(connection, client):
    own = connection.getsockname()
    connection.sendall(b"you are ")
    connection.sendall(f"{client[0]} port {client[1]}, ".encode())
    connection.sendall(f"I am {own[0]} port {own[1]}\n".encode())
    connection.shutdown(socket.SHUT_WR)
    connection.close()


host, port = sys.argv[1], int(sys.argv[2])
wanted = [(socket.AF_INET6 if ":" in host else socket.AF_INET, host)]
if host == "::":
    wanted.insert(0, (socket.AF_INET, "0.0.0.0"))
try:
    listeners = [listen(family, address, port) for family, address in wanted]
except OSError as error:
    if error.errno == errno.EADDRINUSE:
        print(f"PORT {port} OF {host} IS TAKEN, LOOK WITH ss -tlnp", file=sys.stderr)
        sys.exit(1)
    raise
for listener in listeners[1:]:
    threading.Thread(target=serve, args=(listener,)).start()
serve(listeners[0])
