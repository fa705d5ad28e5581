"""Lab 10, a server whose address is a file: answers programs of the same host.

Usage: python3 unix_server.py stream|datagram PATH
"""

import os
import socket
import sys

kind = sys.argv[1]
path = sys.argv[2]
kinds = {"stream": socket.SOCK_STREAM, "datagram": socket.SOCK_DGRAM}


def answer_connections(listener):
    """Answer each client with what the kernel knows of it, and its own text."""
    listener.listen()
    print(f"listening on {path}")
    while True:
        connection, _ = listener.accept()
        process, user = os.getpid(), os.getuid()
        text = b""
        while piece := connection.recv(4096):  # until end-of-stream: the text is whole
            text += piece
        connection.sendall(f"process {process} of user {user}: ".encode() + text)
        connection.close()


def answer_datagrams(receiver):
    """Answer each datagram with its length."""
    print(f"listening on {path}")
    while True:
        text, sender = receiver.recvfrom(65536)
        receiver.sendto(f"{len(text)} bytes: ".encode() + text, sender)


server = socket.socket(socket.AF_UNIX, kinds[kind])
server.bind(path)
if kind == "stream":
    answer_connections(server)
else:
    answer_datagrams(server)
