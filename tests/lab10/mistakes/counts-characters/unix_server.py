"""Lab 10, a server whose address is a file: answers programs of the same host.

Usage: python3 unix_server.py stream|datagram PATH
"""

import os
import socket
import stat
import struct
import sys

kind = sys.argv[1]
path = sys.argv[2]
kinds = {"stream": socket.SOCK_STREAM, "datagram": socket.SOCK_DGRAM}


def is_stale():
    """Is the file a socket that no program has open any more?"""
    if not stat.S_ISSOCK(os.lstat(path).st_mode):  # connect() is refused by any other file, too
        return False
    for each in kinds.values():
        with socket.socket(socket.AF_UNIX, each) as probe:
            probe.setblocking(False)  # a full backlog must not hold us up
            try:
                probe.connect(path)
                return False
            except ConnectionRefusedError:
                return True
            except OSError:  # such as EPROTOTYPE: its server has the other kind of socket
                continue
    return False


def answer_connections(listener):
    """Answer each client with what the kernel knows of it, and its own text."""
    listener.listen()
    print(f"listening on {path}")
    while True:
        connection, _ = listener.accept()
        # struct ucred: process, user, group, as unix(7) has it
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        process, user, _ = struct.unpack("3i", credentials)
        try:
            text = b""
            while piece := connection.recv(4096):  # until end-of-stream: the text is whole
                text += piece
            connection.sendall(f"process {process} of user {user}: ".encode() + text)
        except OSError as error:  # this client has left
            print(f"process {process}: {error}")
        connection.close()


def answer_datagrams(receiver):
    """Answer each datagram with its length, if its sender has an address."""
    print(f"listening on {path}")
    while True:
        text, sender = receiver.recvfrom(65536)
        if not sender:  # it has not called bind(): nobody can answer it
            continue
        try:
            # No AF_UNIX datagram is lost: sendto() would wait for a client that does not read.
            receiver.sendto(f"{len(text.decode())} bytes: ".encode() + text, socket.MSG_DONTWAIT, sender)
        except OSError as error:  # this client has left
            print(f"{sender}: {error}")


if os.path.lexists(path):
    if not is_stale():
        sys.exit(f"{path} is in use, or is no socket; see: ls -l {path}, ss -xlp")
    os.unlink(path)

server = socket.socket(socket.AF_UNIX, kinds[kind])
os.umask(0o177)  # the file is made with 0600: nobody else connects, not even for a moment
server.bind(path)
try:
    if kind == "stream":
        answer_connections(server)
    else:
        answer_datagrams(server)
except KeyboardInterrupt:  # Ctrl-C
    print("ended by Ctrl-C")
finally:
    os.unlink(path)  # close() leaves the file
