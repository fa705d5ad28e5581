"""The peer's hands read through a mark, whatever comes meanwhile."""

import socket

from grader.peer_agent import Transfer, exchange, pack

LIMIT_S = 5.0
ALL = 1 << 24


class Filling(socket.socket):
    """A socket that more comes to between a look (MSG_PEEK) and the read after it."""

    sender: socket.socket
    more = b""

    def recv(self, size: int, flags: int = 0) -> bytes:
        data = super().recv(size, flags)
        if flags:
            self.sender.sendall(self.more)
            self.more = b""
        return data


def test_until_does_not_miss_a_mark_that_comes_after_the_look() -> None:
    ours, theirs = socket.socketpair()
    with theirs, Filling(fileno=ours.detach()) as filling:
        filling.sender, filling.more = theirs, b"e\ntwo"
        theirs.sendall(b"on")
        transfer = Transfer(filling, size=ALL, until=pack(b"\n"))
        exchange([transfer], LIMIT_S)
    assert (bytes(transfer.incoming), transfer.end) == (b"one\n", "until")
