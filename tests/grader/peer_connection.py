"""A connection of the peer: send, read and end it as no polite program would."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from grader import peer_words as words
from grader.deadline import Deadline
from grader.errors import CheckFailed
from grader.hints import explain
from grader.language import Text, same
from grader.lesson import Lesson
from grader.peer_agent import pack
from grader.seed import cut
from grader.symptoms import gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_hands import Hands

TIMEOUT_S = 3.0  # a right answer takes milliseconds, on a busy machine tenths of a second
READ_WAIT_S = 1.0
SLICE_S = 0.2  # how long to wait for a client before looking whether it still runs
ENDING_S = 0.5  # between the end of a connection and that of its program
SHOWN_PIECES = 4
MAX_BYTES = 16 * 1024 * 1024

End = Literal["size", "until", "fin", "reset", "timeout"]


@dataclass(frozen=True)
class Received:
    """What one receive brought, and why it stopped.

    `end`: size (so many as asked), until (the mark was seen), fin (end of the stream), reset,
    timeout. Times are monotonic seconds of the engine's kernel; None: nothing came. `sent_bytes`:
    how many the kernel took of what was to be sent meanwhile.
    """

    data: bytes
    end: End
    first_at_s: float | None
    done_at_s: float | None
    sent_bytes: int = 0


@dataclass(frozen=True)
class Connection:
    """One TCP connection of the peer with `other`, a host of the submission.

    Sending and receiving never raise for what the other side does, but the verbs that want
    something, `receive_line` and `receive_until_end`, raise CheckFailed when it does not come.
    """

    hands: Hands
    number: int
    local: tuple[str, int]
    remote: tuple[str, int]
    other: Host | None
    other_name: str

    def send(self, data: bytes, *, timeout_s: float = TIMEOUT_S) -> int:
        """Send data, TCP_NODELAY set; return how many bytes the kernel took in this time."""
        sent_bytes = self._send(data, timeout_s=timeout_s)
        self._note(words.SENDS.fill(size=words.amount(len(data))), data=data)
        return sent_bytes

    def send_in_pieces(self, data: bytes, cuts: Sequence[int] | None = None) -> None:
        """Send each piece when the one before has been read: a read of the other sees one piece.

        Without `cuts`, byte by byte. After a second without reading, the rest is sent at once.
        """
        pieces = cut(data, tuple(range(1, len(data)) if cuts is None else cuts))
        is_read = True
        for piece in pieces:
            self._send(piece, timeout_s=TIMEOUT_S)
            if len(pieces) <= SHOWN_PIECES:
                self._note(words.SENDS.fill(size=words.amount(len(piece))), data=piece)
            is_read = is_read and self.wait_until_read()
        if len(pieces) > SHOWN_PIECES:
            self._note(
                words.SENDS_PIECES.fill(count=len(pieces), size=words.amount(len(data))), data=data
            )

    def wait_until_read(self, timeout_s: float = READ_WAIT_S) -> bool:
        """Wait until the other host's program has read all that was sent, or the socket is gone."""
        other = self.other
        if other is None:
            return False
        return self.hands.steps.deadline.wait_until(lambda: self._is_read_by(other), timeout_s)

    def _is_read_by(self, other: Host) -> bool:
        if not self.hands.has_arrived(self.number):  # on its way: not yet in the other's queue
            return False
        return not any(
            each.receive_queue_bytes
            for each in other.sockets(between=(self.remote, self.local))
            if plain(each.remote) == self.local and each.local[1] == self.remote[1]
        )

    def receive(
        self,
        *,
        size: int | None = None,
        until: bytes | None = None,
        timeout_s: float = TIMEOUT_S,
        chunk_bytes: int = 256 * 1024,
        gap_s: float = 0.0,
    ) -> Received:
        """Read `size` bytes, through the mark `until`, or else until the end of the stream.

        Never more than 16 MiB; a program that sends without end gets `end` "size" for it.
        A slow reader takes at most `chunk_bytes` at a time and sleeps `gap_s` after each.
        """
        transfer = self.transfer(
            size=size or MAX_BYTES,
            until=until and pack(until),
            chunk_bytes=chunk_bytes,
            gap_s=gap_s,
        )
        received = self.hands.exchange([transfer], timeout_s=timeout_s)[0]
        self.note_received(received, timeout_s=timeout_s)
        return received

    def receive_line(self, *, timeout_s: float = TIMEOUT_S, hint: Text | None = None) -> bytes:
        r"""Read through the next "\n". Raises CheckFailed when the line does not come whole."""
        received = self.receive(until=b"\n", timeout_s=timeout_s)
        if received.end != "until":
            raise self.failed(received, words.A_LINE, timeout_s=timeout_s, hint=hint)
        return received.data

    def receive_until_end(self, *, timeout_s: float = TIMEOUT_S, hint: Text | None = None) -> bytes:
        """Read to the end of the stream. Raises CheckFailed on a reset or when no end comes."""
        received = self.receive(timeout_s=timeout_s)
        if received.end != "fin":
            hint = hint or words.NO_END.get(received.end)
            raise self.failed(received, words.THE_END, timeout_s=timeout_s, hint=hint)
        return received.data

    def wait_until_full(self, *, quiet_s: float = 0.05, timeout_s: float = TIMEOUT_S) -> int:
        """Read nothing until bytes wait and no more come for `quiet_s`; return how many wait.

        The receive window is full then, or the other side has sent all it will.
        """
        seen: list[tuple[float, int]] = []  # when, and how many bytes waited

        def is_full() -> bool:
            waiting = int(self.hands.request("queues", socket=self.number)["unread_bytes"])
            if not seen or waiting != seen[-1][1]:
                seen.append((time.monotonic(), waiting))
            return bool(waiting) and time.monotonic() - seen[-1][0] >= quiet_s

        self.hands.steps.deadline.wait_until(is_full, timeout_s, poll_s=quiet_s / 4)
        self._note(words.WAITS.fill(size=words.amount(seen[-1][1])))
        return seen[-1][1]

    def enlarge(self, receive_buffer_bytes: int) -> None:
        """Give the connection a larger receive buffer: the slow reader is in a hurry now."""
        self.hands.request("enlarge", socket=self.number, receive_buffer_bytes=receive_buffer_bytes)

    def shutdown(self) -> None:
        """Half-close: send FIN, go on reading."""
        self.hands.request("shutdown", socket=self.number)
        self._note(words.SHUTS_DOWN)

    def close(self) -> None:
        """Close; the kernel sends FIN, or RST where bytes were left unread."""
        self.hands.request("close", socket=self.number)
        self._note(words.CLOSES)

    def reset(self) -> None:
        """Close with RST."""
        self.hands.request("reset", socket=self.number)
        self._note(words.RESETS)

    def transfer(self, *, data: bytes = b"", **wanted: object) -> dict[str, Any]:
        """Describe a transfer on this connection to the peer's agent."""
        return {"socket": self.number, "data": pack(data), **wanted}

    def note_received(self, received: Received, *, timeout_s: float) -> None:
        """Write into the steps what came, and how it ended."""
        if received.data:
            what = words.RECEIVES.fill(size=words.amount(len(received.data)))
            self._note(what, at_s=received.first_at_s, data=received.data)
        if received.end in words.ENDS:
            self._note(words.ENDS[received.end].fill(limit=timeout_s), at_s=received.done_at_s)

    def failed(
        self, received: Received, wanted: Text, *, timeout_s: float, hint: Text | None = None
    ) -> CheckFailed:
        """Make the failure of a receive; what the other host shows goes before `hint`."""
        told = words.SAW_SOME if received.data else words.SAW_NOTHING
        values = {
            "host": self.other_name,
            "size": words.amount(len(received.data)),
            "data": received.data,
            "limit": timeout_s,
        }
        is_ending = received.end in ("fin", "reset")
        return failure(
            self.other,
            told[received.end].fill(**values),
            wanted.fill(host=self.other_name),
            hint,
            ended=told["ended"].fill(**values) if is_ending else None,
        )

    def _send(self, data: bytes, *, timeout_s: float) -> int:
        transfer = self.transfer(data=data, size=0)
        return self.hands.exchange([transfer], timeout_s=timeout_s)[0].sent_bytes

    def _note(self, what: Text, *, at_s: float | None = None, data: bytes | None = None) -> None:
        at_s = self.hands.done_at_s if at_s is None else at_s
        self.hands.steps.add("peer", what, at_s=at_s, data=data)


@dataclass(frozen=True)
class Listener:
    """A port of the peer that clients connect to."""

    hands: Hands
    number: int
    address: str
    port: int

    def accept(self, *, timeout_s: float = TIMEOUT_S) -> Connection:
        """Take the next connection. Raises CheckFailed when none comes, or the client has ended."""
        deadline = Deadline.after(timeout_s)
        answer = self._accept(SLICE_S)
        while "error" in answer:
            if self._client_has_ended():
                raise self._nobody_came(words.NOBODY)
            if not deadline.rest_s:
                raise self._nobody_came(words.NOBODY_IN_TIME.fill(limit=timeout_s))
            answer = self._accept(min(SLICE_S, deadline.rest_s))
        connection = self.hands.connection(answer)
        self.hands.steps.add(
            "peer", words.ACCEPTS.fill(host=connection.other_name), at_s=self.hands.done_at_s
        )
        return connection

    def close(self) -> None:
        """Listen no more."""
        self.hands.request("close", socket=self.number)

    def _accept(self, timeout_s: float) -> dict[str, Any]:
        return self.hands.request("accept", timeout_s=timeout_s, socket=self.number)

    def _client_has_ended(self) -> bool:
        client = self.hands.hosts.get("client")
        return bool(client and client.programs and not client.programs[-1].is_running)

    def _nobody_came(self, told: Text) -> CheckFailed:
        where = {"host": self.address, "port": self.port}
        saw, wanted = told.fill(**where), words.A_CONNECTION.fill(**where)
        return failure(self.hands.hosts.get("client"), saw, wanted)


def plain(end: tuple[str, int]) -> tuple[str, int]:
    """Take the IPv4 address out of ::ffff:ADDRESS, an IPv4 client of :: (RFC 4291, 2.5.5.2)."""
    return end[0].removeprefix("::ffff:"), end[1]


def failure(
    host: Host | None,
    saw: Text,
    wanted: Text,
    hint: Text | None = None,
    *,
    port: int | None = None,
    ended: Text | None = None,
) -> CheckFailed:
    """Make a failure of what was seen, and what the host and its last program show.

    With `ended` the program has let go of its connection, so it may be about to end; then wait a
    little for that. If an exception has ended it, `ended` is what was seen, and the exception.
    """
    if host is None:
        return CheckFailed(Lesson(saw=saw, wanted=wanted, hint=hint))
    program = host.programs[-1] if host.programs else None
    if program and ended:
        program.wait(timeout_s=ENDING_S)
    seen = gather(host, program, port)
    if seen.raised:
        saw = ended if ended and seen.exit_status else saw
        state = tell_state(seen) if seen.exit_status else seen.raised.describe()
        saw = same("{saw}\n{state}").fill(saw=saw, state=state)
    elif port is not None and seen.exit_status is not None:  # nobody is left who could listen
        saw = same("{saw}\n{state}").fill(saw=saw, state=tell_state(seen))
    return CheckFailed(Lesson(saw=saw, wanted=wanted, hint=explain(seen, otherwise=hint)))
