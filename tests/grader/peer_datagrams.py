"""The peer's UDP: datagrams to and from a host of the submission."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import peer_datagrams_agent
from grader import peer_words as words
from grader.deadline import Deadline
from grader.errors import CheckFailed, GraderError
from grader.language import Text, same
from grader.peer_agent import pack, unpack
from grader.peer_connection import ENDING_S, SLICE_S, TIMEOUT_S, failure
from grader.symptoms import gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_hands import Hands

NO_MORE = ("ETIMEDOUT", "EAGAIN")


@dataclass(frozen=True)
class Datagram:
    """What came, from which address and port, and when the peer took it (monotonic seconds)."""

    data: bytes
    source: tuple[str, int]
    at_s: float


@dataclass(frozen=True)
class DatagramSocket:
    """A UDP port of the peer, to talk with `other`, a host of the submission.

    It is not connected, so it takes datagrams from anyone.
    """

    hands: Hands
    number: int
    address: str
    port: int
    other: Host

    def send(self, *datagrams: bytes, to: tuple[str, int] | int) -> None:
        """Send datagrams without a pause to an address, or to a port of the other host."""
        host, port = (self.other.address, to) if isinstance(to, int) else to
        packed = [pack(each) for each in datagrams]
        answer = self._ask("send", host=host, port=port, datagrams=packed)
        if "error" in answer:
            raise GraderError(f"the peer cannot send to {host} port {port}: {answer['error']}")
        if len(datagrams) == 1:
            told = words.SENDS_DATAGRAM.fill(size=words.amount(len(datagrams[0])))
        else:
            told = words.SENDS_DATAGRAMS.fill(count=len(datagrams))
        told = words.TO.fill(what=told, host=self.other.name, port=port)
        self._note(told, at_s=answer["done_at"], data=datagrams[-1])

    def receive(self, *, timeout_s: float = TIMEOUT_S, hint: Text | None = None) -> Datagram:
        """Take the next datagram. Raises CheckFailed when none comes.

        It does not wait to the end where the other host's program has ended.
        """
        deadline = Deadline.after(timeout_s)
        while True:
            found = self.receive_within(min(SLICE_S, deadline.rest_s))
            if found:
                return found
            if self._program_has_ended():
                break
            if not deadline.rest_s:
                self._note(words.NO_DATAGRAM_IN_TIME.fill(limit=timeout_s))
                break
        raise self.nothing_came(timeout_s, hint)

    def receive_within(self, timeout_s: float) -> Datagram | None:
        """Take the next datagram if one comes in this time; 0: if one has come already."""
        answer = self._ask("receive", timeout_s=timeout_s)
        if answer.get("error") in NO_MORE:
            return None
        if "error" in answer:
            raise GraderError(f"the peer cannot receive on port {self.port}: {answer['error']}")
        address, port = answer["source"]
        found = Datagram(unpack(answer["data"]), (address, port), answer["done_at"])
        told = words.RECEIVES_DATAGRAM.fill(size=words.amount(len(found.data)))
        self._note(told, at_s=found.at_s, data=found.data)
        return found

    def receive_all(self) -> list[Datagram]:
        """Take all that have come and were not taken yet."""
        taken = []
        while found := self.receive_within(0):
            taken.append(found)
        return taken

    def close(self) -> None:
        """Let go of the port: the kernel refuses what comes there from now on, by ICMP."""
        self._ask("close", socket=self.number)
        self._note(words.CLOSES_PORT.fill(port=self.port))

    def nothing_came(self, timeout_s: float, hint: Text | None = None) -> CheckFailed:
        """Make the failure of a receive; what the other host shows goes before `hint`."""
        named = {"host": self.other.name, "limit": timeout_s}
        program = self.other.programs[-1] if self.other.programs else None
        saw = words.SENT_NO_DATAGRAM_IN_TIME.fill(**named)
        if program and program.wait(ENDING_S) is not None:
            saw = words.SENT_NO_DATAGRAM.fill(**named)
            seen = gather(self.other, program)
            if not (seen.raised and seen.exit_status):  # else failure() tells it
                saw = same("{saw}\n{state}").fill(saw=saw, state=tell_state(seen))
        return failure(self.other, saw, words.A_DATAGRAM.fill(**named), hint)

    def _ask(self, op: str, **fields: Any) -> dict[str, Any]:
        return self.hands.request(op, **{"socket": self.number, **fields})

    def _program_has_ended(self) -> bool:
        return bool(self.other.programs) and not self.other.programs[-1].is_running

    def _note(self, what: Text, *, at_s: float | None = None, data: bytes | None = None) -> None:
        at_s = self.hands.done_at_s if at_s is None else at_s
        self.hands.steps.add("peer", what, at_s=at_s, data=data)


def start_agent(host: Host, hands: Hands) -> None:
    """Start the agent for UDP on the peer's host, to be talked to through `hands`."""
    source = Path(peer_datagrams_agent.__file__).read_text(encoding="utf-8")
    hands.attach(host.start("python3", "-I", "-S", "-c", source, on_output=hands.hear))


def open_socket(hands: Hands, *, port: int, address: str, other: Host) -> DatagramSocket:
    """Bind a UDP port of the peer."""
    answer = hands.request("bind", port=port)
    if "error" in answer:
        raise GraderError(f"the peer cannot bind UDP port {port}: {answer['error']}")
    opened = DatagramSocket(hands, answer["socket"], address, answer["port"], other)
    told = words.BINDS.fill(port=opened.port)
    hands.steps.add("peer", told, at_s=answer["done_at"])
    return opened
