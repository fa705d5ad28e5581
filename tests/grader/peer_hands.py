"""The line to the peer's agent, which has the sockets."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grader.errors import GraderError
from grader.peer_agent import unpack
from grader.peer_connection import Connection, Received, plain
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
        self._unacknowledged: dict[int, int] = {}  # bytes by socket, after the last exchange
        self._program: Program | None = None
        self._rest = b""
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._last = 0

    def attach(self, program: Program) -> None:
        """Talk to the agent that this program is."""
        self._program = program

    def detach(self) -> None:
        """Let the agent end."""
        if self._program:
            self._program.close_stdin()

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
        self._program.post(json.dumps(request).encode() + b"\n")
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
        for transfer, each in zip(transfers, answer["transfers"], strict=True):
            self._unacknowledged[transfer["socket"]] = each["unacknowledged_bytes"]
        return [
            Received(
                data=unpack(each["data"]),
                end=each["end"],
                first_at_s=each["first_at"],
                done_at_s=each["done_at"],
                sent_bytes=each["sent_bytes"],
            )
            for each in answer["transfers"]
        ]

    def has_arrived(self, socket: int) -> bool:
        """Has the other side's kernel acknowledged all that was sent on a socket?"""
        if self._unacknowledged.get(socket):
            queues = self.request("queues", socket=socket)
            self._unacknowledged[socket] = queues["unacknowledged_bytes"]
        return not self._unacknowledged.get(socket)

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
