"""The scripted peer: our own client or server on the submission's network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grader import peer_agent
from grader import peer_words as words
from grader.errors import CheckFailed, GraderError
from grader.peer_agent import pack
from grader.peer_connection import (
    MAX_BYTES,
    TIMEOUT_S,
    Connection,
    Listener,
    Received,
    failure,
)
from grader.peer_datagrams import DatagramSocket, open_socket, start_agent
from grader.peer_hands import Hands
from grader.steps import Steps

if TYPE_CHECKING:
    from grader.host import Host


class Peer:
    """Connects to the submission's server, or listens for its client.

    The plugin sets the steps and hosts of each check with `begin`, and `end` closes what is open.
    """

    def __init__(self, hands: Hands, *, host: Host) -> None:
        self.address = host.address
        self.address6 = host.address6
        self._hands = hands
        self._host = host
        self._datagram_hands: Hands | None = None  # most labs have no UDP

    @property
    def steps(self) -> Steps:
        """The steps of the running check."""
        return self._hands.steps

    def begin(self, *, steps: Steps, hosts: Mapping[str, Host]) -> None:
        """Serve a check: log into its steps, find hosts by these names."""
        for hands in self._all_hands():
            hands.steps = steps
            hands.hosts = dict(hosts)

    def end(self) -> None:
        """Close every socket of the check."""
        for hands in self._all_hands():
            hands.steps, hands.hosts = Steps(), {}
            hands.request("close_all")

    def close(self) -> None:
        """Let the agents end."""
        for hands in self._all_hands():
            hands.detach()

    def connect(
        self,
        host: str,
        port: int,
        *,
        timeout_s: float = TIMEOUT_S,
        receive_buffer_bytes: int = 0,
    ) -> Connection:
        """Open one connection. Raises CheckFailed when it is refused or not answered.

        `host` is a host's name, for its IPv4 address, or any address.
        A receive buffer other than 0 is asked of the kernel, which doubles it (socket(7)).
        """
        return self.crowd(
            host, port, count=1, timeout_s=timeout_s, receive_buffer_bytes=receive_buffer_bytes
        )[0]

    def crowd(
        self,
        host: str,
        port: int,
        *,
        count: int,
        timeout_s: float = TIMEOUT_S,
        receive_buffer_bytes: int = 0,
        is_noted: bool = True,
    ) -> list[Connection]:
        """Open so many connections at once: the first is not closed before the last is open.

        Without a step where not `is_noted`, as for a crowd that is opened a few at a time.
        """
        answer = self._hands.request(
            "connect",
            timeout_s=timeout_s,
            host=self._hands.hosts[host].address if host in self._hands.hosts else host,
            port=port,
            count=count,
            receive_buffer_bytes=receive_buffer_bytes,
        )
        what = words.CONNECTS if count == 1 else words.CONNECTS_CROWD
        if is_noted:
            told = what.fill(host=host, port=port, count=count)
            self.steps.add("peer", told, at_s=answer["at"])
        if "error" in answer:
            raise self._not_connected(host, port, count, str(answer["error"]), timeout_s)
        return [self._hands.connection(each) for each in answer["connections"]]

    def listen(
        self,
        port: int = 0,
        *,
        address: str = "0.0.0.0",
        backlog: int = 16,
        receive_buffer_bytes: int = 0,
    ) -> Listener:
        """Listen on all IPv4 addresses of the peer, on `::` on all; port 0: the kernel chooses."""
        answer = self._hands.request(
            "listen",
            host=address,
            port=port,
            backlog=backlog,
            receive_buffer_bytes=receive_buffer_bytes,
        )
        if "error" in answer:
            raise GraderError(f"the peer cannot listen on port {port}: {answer['error']}")
        at = {"0.0.0.0": self.address, "::": self.address6 or self.address}
        listener = Listener(
            hands=self._hands,
            number=answer["socket"],
            address=at.get(address, address),
            port=answer["local"][1],
        )
        self.steps.add("peer", words.LISTENS.fill(port=listener.port), at_s=answer["done_at"])
        return listener

    def bind(self, other: str, *, port: int = 0) -> DatagramSocket:
        """Take a UDP port, 0: the kernel chooses, to talk with a host of the submission."""
        if self._datagram_hands is None:
            self._datagram_hands = Hands()
            start_agent(self._host, self._datagram_hands)
        hands = self._datagram_hands
        hands.steps, hands.hosts = self.steps, self._hands.hosts
        return open_socket(hands, port=port, address=self.address, other=hands.hosts[other])

    def exchange(
        self,
        connections: Sequence[Connection],
        data: Sequence[bytes],
        *,
        until: bytes | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> list[Received]:
        """Send data on each connection and read from all of them, all at the same time."""
        mark = until and pack(until)
        transfers = [
            connection.transfer(data=each, size=MAX_BYTES, until=mark)
            for connection, each in zip(connections, data, strict=True)
        ]
        received = self._hands.exchange(transfers, timeout_s=timeout_s)
        for connection, each in zip(connections, received, strict=True):
            connection.note_received(each, timeout_s=timeout_s)
        return received

    def _all_hands(self) -> list[Hands]:
        return [hands for hands in (self._hands, self._datagram_hands) if hands]

    def _not_connected(
        self, host: str, port: int, count: int, error: str, timeout_s: float
    ) -> CheckFailed:
        told = words.NOT_CONNECTED.get(error, words.NOT_CONNECTED["other"])
        saw = told.fill(host=host, port=port, error=error, limit=timeout_s)
        wanted = words.A_CONNECTION if count == 1 else words.A_CROWD
        return failure(
            self._hands.host(host),
            saw,
            wanted.fill(host=host, port=port, count=count),
            port=port,
            ended=saw if error == "ECONNREFUSED" else None,  # the program may just be ending
        )


@contextmanager
def open_peer(host: Host) -> Iterator[Peer]:
    """Start the peer's agent on a host; ends it at the end."""
    source = Path(peer_agent.__file__).read_text(encoding="utf-8")
    hands = Hands()
    hands.attach(host.start("python3", "-I", "-S", "-c", source, on_output=hands.hear))
    peer = Peer(hands, host=host)
    try:
        yield peer
    finally:
        peer.close()
