"""Our own end of an AF_UNIX socket, on the submission's host, where alone it can be.

Runs by itself (`python3 -I -S -c SOURCE WORD KIND PATH TEXT`), so it imports the standard library
only. What it learns it prints as one line of JSON, texts as UTF-8 in latin-1.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import tempfile

TIMEOUT_S = 3.0  # for each call
KINDS = {"stream": socket.SOCK_STREAM, "datagram": socket.SOCK_DGRAM}


def ask(kind: str, path: str, text: bytes) -> dict[str, object]:
    """Be a client: send, read the reply."""
    with tempfile.TemporaryDirectory() as folder, _new_socket(kind) as end:
        if kind == "datagram":
            end.bind(f"{folder}/peer")
        end.connect(path)
        end.sendall(text)
        if kind == "stream":
            end.shutdown(socket.SHUT_WR)
            reply = _read_all(end)
        else:
            reply = end.recv(65536)
    return {"reply": reply.decode("latin-1"), "process": os.getpid(), "user": os.getuid()}


def tell(kind: str, path: str, text: bytes) -> dict[str, object]:
    """Be a client without an address: send, expect nothing."""
    with _new_socket(kind) as end:
        end.connect(path)
        end.send(text)
    return {}


def leave(kind: str, path: str, _text: bytes) -> dict[str, object]:
    """Make a socket file, for its owner alone, and leave it behind."""
    with _new_socket(kind) as end:
        end.bind(path)
        os.chmod(path, 0o600)  # noqa: PTH101 - pathlib costs 20 ms to import
    return {}


def serve(kind: str, path: str, text: bytes) -> dict[str, object]:
    """Be a server for one client: read what it sends, reply with the text in two pieces."""
    with _new_socket(kind) as end:
        end.bind(path)
        if kind == "datagram":
            came, sender = end.recvfrom(65536)
            if sender:
                end.sendto(text, sender)
            address = sender.decode("latin-1") if isinstance(sender, bytes) else sender
            return {"came": came.decode("latin-1"), "sender": address or ""}
        end.listen()
        with end.accept()[0] as connection:
            connection.settimeout(TIMEOUT_S)
            came = _read_all(connection)
            for piece in (text[:1], text[1:]):
                connection.sendall(piece)
        return {"came": came.decode("latin-1")}


def _new_socket(kind: str) -> socket.socket:
    end = socket.socket(socket.AF_UNIX, KINDS[kind])
    end.settimeout(TIMEOUT_S)
    return end


def _read_all(end: socket.socket) -> bytes:
    data = b""
    while piece := end.recv(65536):
        data += piece
    return data


def main() -> None:
    """Do what the command line says; an errno is an answer as well."""
    word, kind, path, text = sys.argv[1:]
    try:
        answer = {"ask": ask, "tell": tell, "leave": leave, "serve": serve}[word](
            kind, path, os.fsencode(text)
        )
    except OSError as error:
        answer = {"error": errno.errorcode[error.errno or errno.ETIMEDOUT]}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
