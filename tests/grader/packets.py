"""What passed a host's network interface while a check looked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from grader.channel import Channel, unpack
from grader.conversation import Conversation, draw_packets, read_conversations
from grader.errors import CheckFailed, GraderError
from wire.connection import Connection
from wire.model import read_connections
from wire.packet import Packet, Segment, decode, is_background

if TYPE_CHECKING:
    from grader.host import Host

KEPT_BYTES = 16 << 20  # 11,000 full frames; more is counted as missed
REQUEST_TIMEOUT_S = 20.0  # see host.py


class Capture:
    """Packets in the order in which the host's kernel saw them, times in seconds, monotonic.

    Both directions are seen; each frame is cut at 1,522 bytes and knows its whole length.
    Broadcast, multicast and the engine's resolver are left out.
    """

    def __init__(self, host: Host) -> None:
        self.missed = 0
        self._host = host
        self._changed = threading.Condition()
        self._frames: list[Mapping[str, Any]] = []
        self._packets: list[Packet] = []
        host.steps.note_packets(lambda: draw_packets(self.packets(), names=host.names))

    def note(self, event: Mapping[str, Any]) -> None:
        """Take an event of the agent; called in the channel's reader thread."""
        if event["event"] == "frame":
            with self._changed:
                self._frames.append(event)  # decoded by who asks: the reader serves all others
                self._changed.notify_all()

    def packets(self) -> list[Packet]:
        """Give all packets so far."""
        with self._changed:
            return list(self._decoded())

    def segments(self, port: int | None = None) -> list[Segment]:
        """Give the TCP segments so far, or those from and to a port."""
        return [
            packet
            for packet in self.packets()
            if isinstance(packet, Segment)
            and port in (None, packet.source.port, packet.target.port)
        ]

    def connections(self, port: int | None = None) -> list[Connection]:
        """Give the TCP connections so far, in the order in which they began."""
        return read_connections(self.segments(port))

    def conversations(self, port: int | None = None) -> list[Conversation]:
        """Give the TCP connections as connections() does, told by the names of the hosts."""
        return read_conversations(self.segments(port), names=self._host.names)

    def wait_for(self, condition: Callable[[list[Packet]], bool], timeout_s: float) -> bool:
        """Wait until a condition on the packets so far holds; tell whether it does."""
        timeout_s = self._host.steps.deadline.clip(timeout_s)
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._decoded()), timeout_s)

    def _decoded(self) -> list[Packet]:
        for event in self._frames:
            packet = decode(unpack(event["data"]), time_s=event["at"])
            if packet is not None and not is_background(packet):
                self._packets.append(packet)
        self._frames.clear()
        return self._packets


@contextmanager
def open_capture(host: Host, channel: Channel, *, interface: str) -> Iterator[Capture]:
    """Capture until the context ends; all that passed before its end is in the capture then.

    Also where a check has failed meanwhile: its report draws the packets.
    """
    number = channel.new_number()
    capture = Capture(host)
    channel.subscribe(number, capture.note)
    host.ask(
        "capture",
        timeout_s=REQUEST_TIMEOUT_S,
        capture=number,
        interface=interface,
        allowance=KEPT_BYTES,
    )

    def end() -> None:
        ended = host.ask("capture_end", timeout_s=REQUEST_TIMEOUT_S, capture=number)
        capture.missed = ended["missed"] + ended["over_limit"]

    try:
        yield capture
        end()
    except CheckFailed:
        with suppress(CheckFailed, GraderError):  # the first failure is the one to tell
            end()
        raise
    finally:
        channel.unsubscribe(number)
