"""The scripted peer: our own client or server on the submission's network."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import peer_agent
from grader import peer_words as words
from grader.errors import CheckFailed, GraderError
from grader.peer_agent import pack, unpack
from grader.peer_connection import (
    MAX_BYTES,
    TIMEOUT_S,
    Connection,
    Listener,
    Received,
    failure,
    plain,
)
from grader.steps import Steps

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Output, Program

GRACE_S = 10.0  # the agent answers in its time or right after; more means it is gone


class Hands:
    """The line to the peer's agent, with what its connections need: steps and hosts."""

    def __init__(self) -> None:
        self.steps = Steps()
        self.hosts: Mapping[str, Host] = {}
        self.done_at_s: float | None = None
        self._program: Program | None = None
        self._rest = b""
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._last = 0

    def attach(self, program: Program) -> None:
        """Talk to the agent that this program is."""
        self._program = program

    def hear(self, output: Output) -> None:
        """Take what the agent printed: answers on stdout, its last words on stderr."""
        if output.stream != "stdout":
            self._answers.put({"id": 0, "last_words": output.data.decode(errors="replace")})
            return
        *lines, self._rest = (self._rest + output.data).split(b"\n")
        for line in lines:
            self._answers.put(json.loads(line))

    def request(
        self, op: str, *, timeout_s: float | None = None, **fields: object
    ) -> dict[str, Any]:
        """Have the agent do something; raises GraderError when it does not answer.

        An operation that waits gets its `timeout_s`, cut to what is left of the check.
        """
        if self._program is None:
            raise GraderError("the peer's agent is not started")
        if timeout_s is not None:
            timeout_s = fields["timeout_s"] = self.steps.deadline.clip(timeout_s)
        self._last += 1
        request = {"id": self._last, "op": op, **fields}
        self._program.send(json.dumps(request).encode() + b"\n")
        deadline_s = time.monotonic() + (timeout_s or 0.0) + GRACE_S
        answer: dict[str, Any] = {"id": 0}
        while answer["id"] != self._last:  # older: of a check that was stopped while it waited
            try:
                answer = self._answers.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                raise GraderError(f"the peer did not answer {op}") from None
            if "last_words" in answer:
                raise GraderError(f"the peer failed at {op}: {answer['last_words']}")
        self.done_at_s = answer["done_at"]
        return answer

    def exchange(self, transfers: Sequence[dict[str, Any]], *, timeout_s: float) -> list[Received]:
        """Run transfers side by side."""
        answer = self.request("exchange", timeout_s=timeout_s, transfers=list(transfers))
        return [
            Received(
                data=unpack(each["data"]),
                end=each["end"],
                first_at_s=each["first_at"],
                done_at_s=each["done_at"],
            )
            for each in answer["transfers"]
        ]

    def connection(self, answer: Mapping[str, Any]) -> Connection:
        """Make a Connection of what the agent says about one."""
        local, remote = (plain(answer[end]) for end in ("local", "remote"))
        other = self.host(remote[0])
        return Connection(
            hands=self,
            number=answer["socket"],
            local=local,
            remote=remote,
            other=other,
            other_name=other.name if other else remote[0],
        )

    def host(self, known_as: str) -> Host | None:
        """Find a host of the submission by its name or one of its addresses."""
        return next(
            (
                host
                for name, host in self.hosts.items()
                if known_as in (name, host.address, host.address6)
            ),
            None,
        )


class Peer:
    """Connects to the submission's server, or listens for its client.

    The plugin sets the steps and hosts of each check with `begin`, and `end` closes what is open.
    """

    def __init__(self, hands: Hands, *, address: str, address6: str | None = None) -> None:
        self.address = address
        self.address6 = address6
        self._hands = hands

    @property
    def steps(self) -> Steps:
        """The steps of the running check."""
        return self._hands.steps

    def begin(self, *, steps: Steps, hosts: Mapping[str, Host]) -> None:
        """Serve a check: log into its steps, find hosts by these names."""
        self._hands.steps = steps
        self._hands.hosts = dict(hosts)

    def end(self) -> None:
        """Close every socket of the check."""
        self._hands.steps, self._hands.hosts = Steps(), {}
        self._hands.request("close_all")

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
    program = host.start("python3", "-I", "-S", "-c", source, on_output=hands.hear)
    hands.attach(program)
    try:
        yield Peer(hands, address=host.address, address6=host.address6)
    finally:
        program.close_stdin()
