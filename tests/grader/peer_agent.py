"""The peer's hands: sockets in the peer's container, moved by JSON lines on stdin and stdout.

Runs by itself (`python3 -I -S -c SOURCE`), so it imports the standard library only. A request is
{"id", "op", …}; its answer repeats the id and has `at`, `done_at` (s, the monotonic clock that all
containers share). Bytes travel as base64 of zlib. What the other side does to a socket is an
answer, `error` with the errno's name or `end`, never an exception. EOF on stdin ends it.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import selectors
import socket
import struct
import sys
import termios
import time
import zlib
from socket import IPPROTO_TCP, SO_RCVBUF, SOL_SOCKET, TCP_INFO, TCP_NODELAY
from typing import Any

Answer = dict[str, Any]


def pack(data: bytes) -> str:
    """Make bytes fit for JSON."""
    return base64.b64encode(zlib.compress(data, 1)).decode()


def unpack(data: str) -> bytes:
    """Undo pack."""
    return zlib.decompress(base64.b64decode(data))


def name_of(error: OSError) -> str:
    """Give the name of an errno, such as ECONNREFUSED; of a timeout of ours ETIMEDOUT."""
    return errno.errorcode.get(error.errno or errno.ETIMEDOUT, str(error))


class Transfer:
    """Bytes to send on a socket, and how far to read from it: size 0 only sends.

    `end` says why reading stopped: size, until (these bytes came), fin, reset, or timeout.
    """

    def __init__(
        self,
        connection: socket.socket,
        *,
        data: str = "",
        size: int,
        until: str | None = None,
        chunk_bytes: int = 256 * 1024,
        gap_s: float = 0.0,
        was_reset: bool = False,
    ) -> None:
        self.connection = connection
        self.outgoing = memoryview(unpack(data) if data else b"")
        self.sent_bytes = 0
        self.incoming = bytearray()
        self.end: str | None = None
        self.error: str | None = None
        self.first_at: float | None = None
        self.done_at: float | None = None
        self._until = unpack(until) if until else None
        self._size = size
        self._chunk_bytes = chunk_bytes
        self._gap_s = gap_s
        self._was_reset = was_reset

    @property
    def interest(self) -> int:
        """What to wait for: the selectors' event mask, 0 when done."""
        reading = self._size > 0 and self.end is None
        sending = self.sent_bytes < len(self.outgoing) and self.error is None
        return reading * selectors.EVENT_READ | sending * selectors.EVENT_WRITE

    def _send(self) -> None:
        try:
            self.sent_bytes += self.connection.send(self.outgoing[self.sent_bytes :])
        except BlockingIOError:
            return
        except OSError as error:  # the other side is gone; what it sent can still be read
            self.error = name_of(error)

    def _receive(self) -> None:
        rest = min(self._chunk_bytes, self._size - len(self.incoming))
        if self._until is not None:  # look first: what follows belongs to the next receive
            seen = self.connection.recv(rest, socket.MSG_PEEK)
            tail = bytes(self.incoming[-len(self._until) + 1 :]) if len(self._until) > 1 else b""
            place = (tail + seen).find(self._until)
            if place >= 0:
                self.end = "until"
                seen = seen[: place + len(self._until) - len(tail)]
            rest = len(seen) or rest  # no more: what has come meanwhile was not looked at
        data = self.connection.recv(rest)
        self.first_at = self.first_at or time.monotonic()
        self.incoming += data
        if not data:
            self.end = "reset" if self._was_reset else "fin"
        elif self.end is None and len(self.incoming) >= self._size:
            self.end = "size"
        if self._gap_s:
            time.sleep(self._gap_s)  # a slow reader is what this is for

    def step(self, events: int) -> None:
        """Do what the socket is ready for."""
        if events & selectors.EVENT_WRITE:
            self._send()
        try:
            if events & selectors.EVENT_READ:
                self._receive()
        except BlockingIOError:
            return
        except OSError as error:
            self.end, self.error = "reset", name_of(error)

    def answer(self) -> Answer:
        """Say what came of it."""
        return {
            "data": pack(bytes(self.incoming)),
            "end": self.end or "timeout",
            "sent_bytes": self.sent_bytes,
            "error": self.error,
            "first_at": self.first_at,
            "done_at": self.done_at,
        }


def exchange(transfers: list[Transfer], timeout_s: float) -> None:
    """Run transfers side by side until each is done or the time is over."""
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        for transfer in transfers:
            transfer.connection.setblocking(False)
            if transfer.interest:
                selector.register(transfer.connection, transfer.interest, transfer)
        while selector.get_map() and (rest_s := deadline - time.monotonic()) > 0:
            for key, events in selector.select(rest_s):
                (transfer := key.data).step(events)
                if transfer.interest:
                    selector.modify(key.fileobj, transfer.interest, transfer)
                else:
                    transfer.done_at = time.monotonic()
                    selector.unregister(key.fileobj)


class Agent:
    """The sockets that are open, by number, and the operations on them."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}
        self._resets: set[int] = set()  # an error is told once: send() may have had it, not recv()
        self._last = 0

    def _keep(self, opened: socket.socket) -> int:
        self._last += 1
        self._sockets[self._last] = opened
        return self._last

    def _connected(self, opened: socket.socket) -> Answer:
        opened.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # a piece is a segment
        return {
            "socket": self._keep(opened),
            "local": opened.getsockname()[:2],
            "remote": opened.getpeername()[:2],
        }

    def connect(
        self, *, host: str, port: int, count: int, timeout_s: float, receive_buffer_bytes: int
    ) -> Answer:
        """Open `count` connections at once; the first failure closes them all and is the error."""
        opened: list[socket.socket] = []
        try:
            with selectors.DefaultSelector() as selector:
                for _ in range(count):
                    opened.append(_new_socket(host, receive_buffer_bytes))
                    opened[-1].setblocking(False)
                    opened[-1].connect_ex((host, port))
                    selector.register(opened[-1], selectors.EVENT_WRITE, opened[-1])
                deadline = time.monotonic() + timeout_s
                while selector.get_map():
                    ready = selector.select(max(0.0, deadline - time.monotonic()))
                    if not ready:
                        raise TimeoutError
                    for key, _events in ready:
                        selector.unregister(key.fileobj)
                        if code := key.data.getsockopt(SOL_SOCKET, socket.SO_ERROR):
                            raise OSError(code, "")  # its name is all that is told
        except OSError:
            for each in opened:
                each.close()
            raise
        return {"connections": [self._connected(each) for each in opened]}

    def listen(self, *, port: int, backlog: int, receive_buffer_bytes: int, host: str) -> Answer:
        """Listen on an address; port 0 lets the kernel choose."""
        listener = _new_socket(host, receive_buffer_bytes)
        try:
            listener.setsockopt(SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(backlog)
        except OSError:
            listener.close()
            raise
        return {"socket": self._keep(listener), "local": listener.getsockname()[:2]}

    def accept(self, *, socket: int, timeout_s: float) -> Answer:
        """Take the next connection from a listener's queue."""
        listener = self._sockets[socket]
        listener.settimeout(timeout_s)
        return self._connected(listener.accept()[0])

    def exchange(self, *, transfers: list[dict[str, Any]], timeout_s: float) -> Answer:
        """Send and receive on several connections at the same time."""
        numbers = [each.pop("socket") for each in transfers]
        running = [
            Transfer(self._sockets[number], was_reset=number in self._resets, **each)
            for number, each in zip(numbers, transfers, strict=True)
        ]
        exchange(running, timeout_s)
        for number, transfer in zip(numbers, running, strict=True):
            if transfer.error == "ECONNRESET":
                self._resets.add(number)
        return {"transfers": [each.answer() | _queues(each.connection) for each in running]}

    def queues(self, *, socket: int) -> Answer:
        """Count what waits to be read here, and what the other side still has to acknowledge."""
        return _queues(self._sockets[socket])

    def enlarge(self, *, socket: int, receive_buffer_bytes: int) -> Answer:
        """Give a connection a larger receive buffer."""
        self._sockets[socket].setsockopt(SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes)
        return {}

    def shutdown(self, *, socket: int) -> Answer:
        """Send FIN; reading goes on."""
        self._sockets[socket].shutdown(1)  # SHUT_WR
        return {}

    def close(self, *, socket: int) -> Answer:
        """Close a connection or a listener."""
        self._sockets.pop(socket).close()
        return {}

    def reset(self, *, socket: int) -> Answer:
        """Close with RST."""
        _close_with_reset(self._sockets.pop(socket))
        return {}

    def close_all(self) -> Answer:
        """Close what a check left open; RST, so that nothing of it lingers into the next."""
        while self._sockets:
            _close_with_reset(self._sockets.popitem()[1])
        return {}

    def answer(self, request: dict[str, Any]) -> Answer:
        """Do one request."""
        number, at = request.pop("id"), time.monotonic()
        try:
            outcome: Answer = getattr(self, request.pop("op"))(**request)
        except OSError as error:
            outcome = {"error": name_of(error)}
        return {"id": number, "at": at, "done_at": time.monotonic(), **outcome}


def _queues(opened: socket.socket) -> Answer:
    unread, unacknowledged = (
        int.from_bytes(fcntl.ioctl(opened, code, bytes(4)), sys.byteorder)
        for code in (termios.FIONREAD, termios.TIOCOUTQ)  # tcp(7): SIOCINQ, SIOCOUTQ
    )
    if opened.getsockopt(IPPROTO_TCP, TCP_INFO, 1)[0] == 7:  # CLOSE: reset, or closed by both
        unacknowledged = 0
    return {"unread_bytes": unread, "unacknowledged_bytes": unacknowledged}


def _new_socket(host: str, receive_buffer_bytes: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)  # SOCK_STREAM
    if receive_buffer_bytes:  # before connect or listen: the handshake fixes the window's scale
        opened.setsockopt(SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes)
    return opened


def _close_with_reset(opened: socket.socket) -> None:
    opened.setsockopt(SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # socket(7)
    opened.close()


def main() -> None:
    """Answer requests until stdin ends."""
    agent = Agent()
    for line in sys.stdin.buffer:
        print(json.dumps(agent.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
