"""The peer's clients in the chat room: they enter, speak, and hear what they have to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader import expect
from grader.language import Text
from grader.peer_agent import pack
from grader.peer_connection import MAX_BYTES, TIMEOUT_S, Connection, Received

if TYPE_CHECKING:
    from grader.peer import Peer

BURST = 5  # connections at once: listen(5), as in tutorials, has room for them
ACCEPT_WAIT_S = 0.2


@dataclass(frozen=True)
class Member:
    """A client of the peer's with its name."""

    name: str
    connection: Connection

    def say(self, *lines: str) -> None:
        """Send lines."""
        self.connection.send("".join(f"{line}\n" for line in lines).encode())

    def hear(self, line: str, *, hint: Text | None = None) -> None:
        """Read up to this line, whatever comes before it; fail where it does not come."""
        self._receive(line, until=f"{line}\n".encode(), hint=hint)

    def hear_next(self, *lines: str, hint: Text | None = None) -> None:
        """Read the next lines, which have to be these."""
        for line in lines:
            received = self._receive(line, until=b"\n", hint=hint)
            expect.same_bytes(received.data, f"{line}\n".encode(), hint=hint)

    def _receive(self, line: str, *, until: bytes, hint: Text | None) -> Received:
        received = self.connection.receive(until=until)
        if received.end != "until":
            wanted = HEARS.fill(name=self.name, line=f"{line}\n".encode())
            raise self.connection.failed(received, wanted, timeout_s=TIMEOUT_S, hint=hint)
        return received


def enter(peer: Peer, port: int, *names: str) -> list[Member]:
    """Connect a client for each name, one after the other; each is in the room when it hears so."""
    members = []
    for name in names:
        members.append(Member(name, peer.connect("server", port)))
        members[-1].say(name)
        members[-1].hear(f"{name} joined")
    return members


def crowd(peer: Peer, port: int, count: int) -> list[Member]:
    """Connect so many clients, a few at once, with names equally long; nobody speaks yet."""
    members: list[Member] = []

    def has_accepted() -> bool:
        first = members[0].connection
        return not any(
            seen.state == "LISTEN" and seen.local[1] == port and seen.receive_queue_bytes
            for seen in (first.other.sockets() if first.other else ())
        )

    peer.steps.add("peer", CONNECTS.fill(count=count, port=port))
    while len(members) < count:
        size = min(BURST, count - len(members))
        burst = peer.crowd("server", port, count=size, is_noted=False)
        members += [Member(f"c{len(members) + at:02}", each) for at, each in enumerate(burst)]
        peer.steps.deadline.wait_until(has_accepted, ACCEPT_WAIT_S)
    return members


def enter_in_turn(peer: Peer, members: Sequence[Member], *, timeout_s: float) -> int:
    """Let the members of a crowd say their names one after the other; count those who are greeted.

    Ends with the first who is not.
    """
    peer.steps.add("peer", ENTER_IN_TURN.fill(count=len(members)))
    for served, member in enumerate(members):
        name = member.name.encode()
        mark = name + b" joined\n"
        (heard,) = exchange([member], [name + b"\n"], marks=[mark], timeout_s=timeout_s)
        if heard.end != "until":
            return served
    return len(members)


def exchange(
    members: Sequence[Member],
    data: Sequence[bytes],
    *,
    marks: Sequence[bytes] = (),
    size: int = MAX_BYTES,
    timeout_s: float,
) -> list[Received]:
    """Send and receive on all connections at once; no step. Each is read to its mark or size."""
    transfers = [
        member.connection.transfer(
            data=each, size=size, until=pack(marks[number]) if marks else None
        )
        for number, (member, each) in enumerate(zip(members, data, strict=True))
    ]
    return members[0].connection.hands.exchange(transfers, timeout_s=timeout_s)


def talk(
    peer: Peer,
    members: Sequence[Member],
    data: Sequence[bytes],
    *,
    marks: Sequence[bytes] = (),
    size: int = MAX_BYTES,
    timeout_s: float,
) -> list[Received]:
    """Send and receive on all connections at once; two steps tell how much in all."""
    peer.steps.add("peer", SEND_AT_ONCE.fill(count=len(members), size=sum(map(len, data))))
    received = exchange(members, data, marks=marks, size=size, timeout_s=timeout_s)
    lines = sum(each.data.count(b"\n") for each in received)
    peer.steps.add("peer", RECEIVE_AT_ONCE.fill(count=len(members), lines=lines))
    return received


HEARS = Text("{name} is sent {line}", "{name} 收到 {line}")
CONNECTS = Text(
    "opens {count} connections to server port {port}, a few at once",
    "向 server 的端口 {port} 建立 {count} 个连接，每次几个",
)
ENTER_IN_TURN = Text(
    "says a name on each of {count} connections, one after the other",
    "在 {count} 个连接上依次报出名字",
)
SEND_AT_ONCE = Text(
    "sends {size:,} bytes over {count} connections at once",
    "同时在 {count} 个连接上发送，共 {size:,} 字节",
)
RECEIVE_AT_ONCE = Text(
    "lines received over {count} connections: {lines:,}",
    "在 {count} 个连接上收到的行数：{lines:,}",
)
