"""The two sockets of a TCP connection as their segments show them: state and buffers. Pure.

A socket's state is taken to change when a segment passes that proves the change: its own, or one
that acknowledges it. So a state may be shown a moment later than the host is in it, never earlier.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from wire.connection import Connection, Reading
from wire.packet import Endpoint, Flags, Segment


class State(StrEnum):
    """The states of RFC 9293 section 3.3.2, spelled as there."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN-SENT"
    SYN_RECEIVED = "SYN-RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"


class Socket(NamedTuple):
    """One end of a connection after a segment.

    `in_flight` are the bytes it has sent that are not acknowledged yet, so they are in its send
    buffer still. `window` is the room that it last offered in its receive buffer, in bytes, and
    `most_window` the most it ever offered; None before it has said so, and where the SYN with
    the scale was not seen.
    """

    state: State
    in_flight: int = 0
    window: int | None = None
    most_window: int | None = None


@dataclass(slots=True)
class _End:
    state: State
    scale: int | None = None
    syn_seen: bool = False
    sent: int = 0
    acknowledged: int = 0
    fin_end: int | None = None
    window: int | None = None
    most_window: int | None = None

    @property
    def fin_acknowledged(self) -> bool:
        return self.fin_end is not None and self.acknowledged >= self.fin_end

    @property
    def in_flight(self) -> int:
        """SYN and FIN take a number each, and no room in a buffer."""
        if not self.syn_seen:
            return 0
        last = self.sent - (self.fin_end is not None and self.sent >= self.fin_end)
        return max(0, last - max(self.acknowledged, 1))


class Life:
    """Follows one connection from its first captured segment."""

    def __init__(self, first: Segment) -> None:
        is_opening = first.has(Flags.SYN) and not first.has(Flags.ACK)
        states = (State.CLOSED, State.LISTEN) if is_opening else (State.ESTABLISHED,) * 2
        self._ends: dict[Endpoint, _End] = {
            end: _End(state)
            for end, state in zip((first.source, first.target), states, strict=True)
        }

    def observe(
        self, segment: Segment, reading: Reading, connection: Connection
    ) -> tuple[Socket, Socket]:
        """Take the next segment; return both sockets, the one that sent first in front.

        `connection` has seen this segment, and also those that were only skimmed before it.
        """
        me, other = self._ends[segment.source], self._ends[segment.target]
        me.acknowledged = max(me.acknowledged, connection.heard_by(segment.target))
        if segment.has(Flags.RST):
            for end in (me, other):
                end.state, end.acknowledged = State.CLOSED, end.sent
            return self._sockets()
        if segment.has(Flags.SYN):
            me.syn_seen, me.scale = True, segment.window_scale
            me.state = State.SYN_RECEIVED if segment.has(Flags.ACK) else State.SYN_SENT
        me.sent = max(me.sent, reading.sequence + segment.occupied)
        if segment.has(Flags.FIN):
            me.fin_end = reading.sequence + segment.occupied
        if reading.acknowledgement is not None:
            other.acknowledged = max(other.acknowledged, reading.acknowledgement)
            _open(segment, me, other)
        _close(segment, me, other)
        _offer(segment, me, other)
        return self._sockets()

    def _sockets(self) -> tuple[Socket, Socket]:
        first, second = (
            Socket(end.state, end.in_flight, end.window, end.most_window)
            for end in self._ends.values()
        )
        return first, second


def _open(segment: Segment, me: _End, other: _End) -> None:
    """Third step of the handshake: the ACK for a SYN-ACK (RFC 9293 section 3.5)."""
    if segment.has(Flags.SYN):
        return
    if me.state in (State.SYN_SENT, State.SYN_RECEIVED):
        me.state = State.ESTABLISHED
    if other.state is State.SYN_RECEIVED and other.acknowledged >= 1:
        other.state = State.ESTABLISHED


def _close(segment: Segment, me: _End, other: _End) -> None:
    """Both ways to the end, RFC 9293 section 3.6; `me` has sent the segment."""
    if other.fin_acknowledged:
        match other.state:
            case State.FIN_WAIT_1:
                other.state = State.FIN_WAIT_2
            case State.CLOSING:
                other.state = State.TIME_WAIT
            case State.LAST_ACK:
                other.state = State.CLOSED
        match me.state:
            case State.ESTABLISHED:
                me.state = State.CLOSE_WAIT
            case State.FIN_WAIT_1:
                me.state = State.TIME_WAIT if me.fin_acknowledged else State.CLOSING
            case State.FIN_WAIT_2:
                me.state = State.TIME_WAIT
    if segment.has(Flags.FIN):
        match me.state:
            case State.ESTABLISHED | State.SYN_RECEIVED:
                me.state = State.FIN_WAIT_1
            case State.CLOSE_WAIT:
                me.state = State.LAST_ACK


def _offer(segment: Segment, me: _End, other: _End) -> None:
    """Read the room that the sender offers, scaled as both have agreed."""
    window: int | None = segment.window
    if not segment.has(Flags.SYN):  # the window of a SYN is never scaled, RFC 7323 section 2.2
        if me.scale is not None and other.scale is not None:
            window = segment.window << me.scale
        elif segment.window and not (me.syn_seen and other.syn_seen):
            window = None  # joined midway: the scale is not known
    me.window = window
    if window is not None:
        me.most_window = max(window, me.most_window or 0)
