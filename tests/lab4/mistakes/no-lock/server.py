"""Lab 4, the server: a chat room, one thread per client.

Usage: python3 server.py HOST PORT
"""

import contextlib
import signal
import socket
import struct
import sys
import threading

host = sys.argv[1]
port = int(sys.argv[2])
members = set()  # the connections of those in the room
lock = threading.Lock()  # held by the one thread that uses members
HALF_A_SECOND = struct.pack("ll", 0, 500_000)  # as socket(7) wants it: seconds, microseconds


def tell(message):
    """Send a message to everyone in the room."""
    for member in list(members):
        try:
            for at in range(0, len(message), 16):  # in pieces, so the threads mix on every machine
                member.sendall(message[at : at + 16])
        except OSError:  # TimeoutError is one; so is what a connection that is gone raises
            members.discard(member)  # another thread may have been faster
            with contextlib.suppress(OSError):  # it may be closed already
                member.shutdown(socket.SHUT_RDWR)  # its thread sees end-of-stream


def serve(connection):
    """Serve one client until it leaves, in whatever way."""
    name = b""
    with connection, connection.makefile("rb") as lines:  # closes both at the end
        try:
            for line in lines:  # until end-of-stream: the client has left
                if not line.endswith(b"\n"):  # it left in the middle of a line
                    break
                if name:
                    tell(name + b": " + line)
                else:  # the first line
                    name = line.rstrip()
                    with lock:
                        members.add(connection)
                    tell(name + b" joined\n")
        except OSError as problem:  # it left by a reset
            print(f"lost: {problem}")
        with lock:
            members.discard(connection)
    if name:
        tell(name + b" left\n")


def stop(signum, frame):
    """End the program; its sockets are closed and its threads, all daemons, end with it."""
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, address = listener.accept()  # waits for a client
    print(f"connected: {address}")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, HALF_A_SECOND)  # for send()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
