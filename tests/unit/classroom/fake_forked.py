"""Stands for what is forked: does what it is told. Forked by test_fork_server.py."""

import sys
from multiprocessing.connection import Connection


def main(connection: Connection) -> None:
    match connection.recv_bytes():
        case b"exits":
            sys.exit(3)
        case b"raises":
            raise ValueError("last words")
        case b"answers":
            connection.send_bytes(b"here")
            try:
                connection.recv_bytes()
            except EOFError:
                return
