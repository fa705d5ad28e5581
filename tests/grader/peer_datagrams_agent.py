"""The peer's hands for UDP: sockets in the peer's container, moved by JSON lines like peer_agent's.

Runs by itself (`python3 -I -S -c SOURCE`), so it imports the standard library only, and repeats of
peer_agent what it needs: a request is {"id", "op", …}, its answer repeats the id and has `at` and
`done_at`, bytes travel as base64 of zlib. EOF on stdin ends it.
"""

from __future__ import annotations

import base64
import errno
import json
import socket
import sys
import time
import zlib
from typing import Any

LARGEST_BYTES = 65535  # of a datagram, whatever IP carries it
QUEUE_BYTES = 1 << 20  # so that a flood is counted and not lost; the kernel may grant less

Answer = dict[str, Any]


class Agent:
    """The sockets that are open, by number, and the operations on them."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._last = 0

    def bind(self, *, port: int) -> Answer:
        """Open a socket on all IPv4 addresses; port 0 lets the kernel choose."""
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE_BYTES)
            opened.bind(("0.0.0.0", port))
        except OSError:
            opened.close()
            raise
        self._last += 1
        self._sockets[self._last] = opened
        return {"socket": self._last, "port": opened.getsockname()[1]}

    def send(self, *, socket: int, host: str, port: int, datagrams: list[str]) -> Answer:
        """Send datagrams one after the other, without a pause."""
        for each in datagrams:
            data = zlib.decompress(base64.b64decode(each))
            self._sockets[socket].sendto(data, (host, port))
        return {}

    def receive(self, *, socket: int, timeout_s: float) -> Answer:
        """Wait for the next datagram; none in this time is the error ETIMEDOUT."""
        self._sockets[socket].settimeout(timeout_s)
        try:
            data, source = self._sockets[socket].recvfrom(LARGEST_BYTES)
        except BlockingIOError:  # that is what a timeout of 0 says
            raise TimeoutError from None
        return {"data": base64.b64encode(zlib.compress(data, 1)).decode(), "source": source}

    def close(self, *, socket: int) -> Answer:
        """Close a socket: who sends there from now on is told that nobody has the port."""
        self._sockets.pop(socket).close()
        return {}

    def close_all(self) -> Answer:
        """Close what a check left open."""
        while self._sockets:
            self._sockets.popitem()[1].close()
        return {}

    def answer(self, request: dict[str, Any]) -> Answer:
        """Do one request."""
        number, at = request.pop("id"), time.monotonic()
        try:
            outcome: Answer = getattr(self, request.pop("op"))(**request)
        except OSError as error:
            outcome = {"error": errno.errorcode.get(error.errno or errno.ETIMEDOUT, str(error))}
        return {"id": number, "at": at, "done_at": time.monotonic(), **outcome}


def main() -> None:
    """Answer requests until stdin ends."""
    agent = Agent()
    for line in sys.stdin.buffer:
        print(json.dumps(agent.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
