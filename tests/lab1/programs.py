"""Lab 1's programs on the hosts, as the handout says they are started."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from grader import expect
from grader.language import Text

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_connection import Connection, Listener
    from grader.program import Program


def serve(server: Host, port: int) -> Program:
    """Start server.py and wait until it listens."""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=b"")
    expect.listening(server, port, program)
    return program


def start_client(client: Host, host: str, port: int, *text: str) -> Program:
    """Start client.py for a server at host and port."""
    return client.start("python3", "client.py", host, str(port), *text, stdin=b"")


def ask(client: Host, listener: Listener) -> tuple[Program, Connection]:
    """Start client.py for the peer's listener and read its line, whatever that is."""
    program = start_client(client, listener.address, listener.port)
    connection = listener.accept()
    connection.receive_line()
    return program, connection


def expect_whole(saw: bytes, wanted: bytes, *, hint: Text) -> None:
    """Compare something long: tell its length where its end is missing, else where it differs."""
    expect.that(
        saw == wanted or not wanted.startswith(saw),
        saw=Text(
            "{saw:,} of {wanted:,} bytes came", "收到 {saw:,} 字节，应为 {wanted:,} 字节"
        ).fill(saw=len(saw), wanted=len(wanted)),
        wanted=Text("all {wanted:,} bytes", "全部 {wanted:,} 字节").fill(wanted=len(wanted)),
        hint=hint,
    )
    expect.same_bytes(saw, wanted, hint=hint)


@cache
def long_text(size: int) -> str:
    """Make a text of so many characters, all ASCII, in numbered rows of 64: a lost row shows."""
    rest = "-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ---"
    return "".join(f"{row:07}{rest}" for row in range(size // 64 + 1))[:size]
