"""Lab 10, a client of a server whose address is a file: sends TEXT, prints the reply.

Usage: python3 unix_client.py stream|datagram PATH TEXT
"""

import os
import socket
import sys

kind = sys.argv[1]
path = sys.argv[2]
text = sys.argv[3]


def ask_by_stream():
    """Send TEXT and its end, read to the end of the reply."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)  # the server reads until the end
        reply = b""
        while piece := connection.recv(4096):
            reply += piece
    return reply


def ask_by_datagram():
    """Send TEXT from an address of our own, as the reply needs one."""
    own = f"{path}-client-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.bind(own)
        sender.settimeout(2)  # a server that is gone answers nothing
        sender.sendto(text.encode(), path)
        return sender.recv(65536)


try:
    reply = ask_by_stream() if kind == "stream" else ask_by_datagram()
except OSError as error:  # no such file, nobody listens, no right to write to it, no reply
    sys.exit(f"{path}: {error}")
print(f"reply: {reply.decode(errors='replace')}")
