"""One TCP connection as seen from outside: relative numbers, its life, and what stands out.

Pure. Sequence numbers are counted modulo 2**32 on the wire (RFC 9293 section 3.4) and as plain
growing integers here: a relative number is the distance from the SYN, which is 0.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from wire.packet import Endpoint, Flags, Segment


class Note(StrEnum):
    """What stands out about a segment; the value is its key in the table of words."""

    MIDWAY = "midway"
    HANDSHAKE = "handshake"
    REFUSED = "refused"
    RESET = "reset"
    FIRST_FIN = "first-fin"
    SECOND_FIN = "second-fin"
    CLOSED = "closed"
    RETRANSMISSION = "retransmission"
    OUT_OF_ORDER = "out-of-order"
    GAP = "gap"
    DUPLICATE_ACK = "duplicate-ack"
    KEEP_ALIVE = "keep-alive"
    WINDOW_PROBE = "window-probe"
    ZERO_WINDOW = "zero-window"
    WINDOW_OPEN = "window-open"


@dataclass(frozen=True)
class Reading:
    """A segment's relative numbers and notes; `acknowledgement` is None where ACK is not set."""

    sequence: int
    acknowledgement: int | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Progress:
    """How far one side is, in numbers of the header: what it sends next, and what it has."""

    next_raw: int
    acknowledged_raw: int
    window: int


@dataclass
class _Side:
    """What one end has sent so far; numbers are relative unless their name says raw."""

    endpoint: Endpoint
    next_raw: int | None = None
    next: int = 0
    syn_raw: int | None = None
    fin_end: int | None = None
    acknowledged: int | None = None
    window: int | None = None
    identification: int | None = None
    gaps: list[tuple[int, int]] = field(default_factory=list)
    may_jump: bool = False

    def start(self, raw: int, relative: int) -> None:
        """Fix where the numbers of this side begin; only the first call counts."""
        if self.next_raw is None:
            self.next_raw, self.next = raw, relative

    def relative(self, raw: int) -> int:
        assert self.next_raw is not None, "start() comes first"
        return self.next + _signed(raw - self.next_raw, bits=32)

    def advance(self, end: int) -> None:
        assert self.next_raw is not None, "start() comes first"
        self.next_raw += end - self.next
        self.next = end

    def fill(self, start: int, end: int) -> bool:
        """Take `start` to `end` out of the gaps; whether any of it was missing."""
        pieces = [
            piece
            for low, high in self.gaps
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
        was_missing = pieces != self.gaps
        self.gaps = pieces
        return was_missing


class Connection:
    """Everything between one opening and one close of the same two endpoints.

    `observe` takes the segments in the order they were captured. The rest are questions:
    `opened_by` sent the first SYN (None if it was not seen), `handshake_seen` says that SYN,
    SYN-ACK and ACK all passed, `first_fin_from` closed first, `resets` sent a RST, in order.
    """

    def __init__(self, first: Segment) -> None:
        self.opened_by: Endpoint | None = None
        self.handshake_seen = False
        self.first_fin_from: Endpoint | None = None
        self.resets: tuple[Endpoint, ...] = ()
        self.closed_by_fins = False
        self._sides = {end: _Side(end) for end in (first.source, first.target)}

    @property
    def is_open(self) -> bool:
        """Whether it may still carry data; half-closed counts as open."""
        return not (self.closed_by_fins or self.resets)

    def is_ended_by(self, segment: Segment) -> bool:
        """Whether this SYN, on the same two endpoints, opens another connection."""
        if not segment.has(Flags.SYN) or segment.has(Flags.ACK):
            return False
        me = self._sides[segment.source]
        if not self.is_open:
            return True
        is_simultaneous_open = me.next_raw is None
        return me.syn_raw != segment.sequence and not is_simultaneous_open

    def observe(self, segment: Segment) -> Reading:
        """Take the next segment of this connection."""
        me, other = self._sides[segment.source], self._sides[segment.target]
        is_midway = me.next_raw is None and other.next_raw is None and not segment.has(Flags.SYN)
        # A SYN is number 0, and so is a RST from a host that has no number of its own.
        me.start(segment.sequence, 0 if segment.flags & (Flags.SYN | Flags.RST) else 1)
        sequence = me.relative(segment.sequence)
        acknowledgement = None
        if segment.has(Flags.ACK):
            other.start(segment.acknowledgement, 1)
            acknowledgement = other.relative(segment.acknowledgement)
        notes = (
            Note.MIDWAY if is_midway else None,
            _place(segment, sequence, acknowledgement, me, other),
            _open_window(segment, me),
            self._reset(segment, me, other),
            self._open(segment, me, other),
            self._finish(segment, sequence, me, other),
            self._acknowledge(acknowledgement, me, other),
        )
        return Reading(sequence, acknowledgement, tuple(note for note in notes if note))

    def miss(self) -> None:
        """Take note that segments may have passed unseen: no bytes are missing because of it."""
        for side in self._sides.values():
            side.may_jump = True

    def progress(self, source: Endpoint) -> Progress | None:
        """Return how far a side is; None while anything about the connection is unusual."""
        me, other = self._other_way(source)
        is_usual = self.handshake_seen or self.opened_by is None
        is_closing = me.fin_end is not None and other.fin_end is not None
        if not is_usual or not self.is_open or is_closing or me.gaps or me.may_jump:
            return None
        if me.next_raw is None or other.next_raw is None or me.acknowledged is None:
            return None
        acknowledged_raw = (other.next_raw + me.acknowledged - other.next) % 2**32
        return Progress(me.next_raw % 2**32, acknowledged_raw, me.window or 0)

    def skip(
        self, source: Endpoint, progress: Progress, *, identification: int | None = None
    ) -> None:
        """Take a side's segments up to there as seen; nothing stood out about them.

        `identification` is the last one's that had data.
        """
        me, other = self._other_way(source)
        me.advance(me.relative(progress.next_raw))
        me.acknowledged = other.relative(progress.acknowledged_raw)
        me.window = progress.window
        me.identification = identification or me.identification

    def _other_way(self, source: Endpoint) -> tuple[_Side, _Side]:
        me = self._sides[source]
        return me, next((side for end, side in self._sides.items() if end != source), me)

    def _reset(self, segment: Segment, me: _Side, other: _Side) -> Note | None:
        if not segment.has(Flags.RST):
            return None
        self.resets += (me.endpoint,)
        # Nothing but a RST answers a SYN that no socket waits for: RFC 9293 section 3.5.2, group 1.
        is_refusal = self.opened_by == other.endpoint and me.syn_raw is None
        return Note.REFUSED if is_refusal else Note.RESET

    def _open(self, segment: Segment, me: _Side, other: _Side) -> Note | None:
        if segment.has(Flags.SYN):
            me.syn_raw = segment.sequence
            if not segment.has(Flags.ACK) and self.opened_by is None:
                self.opened_by = me.endpoint
            return None
        is_last_step = me.endpoint == self.opened_by and other.syn_raw is not None
        if self.handshake_seen or not is_last_step or segment.has(Flags.RST):
            return None
        self.handshake_seen = True
        return Note.HANDSHAKE

    def _finish(self, segment: Segment, sequence: int, me: _Side, other: _Side) -> Note | None:
        if not segment.has(Flags.FIN) or me.fin_end is not None:
            return None
        me.fin_end = sequence + segment.occupied
        if self.first_fin_from is not None:
            return Note.SECOND_FIN
        self.first_fin_from = me.endpoint
        return Note.FIRST_FIN

    def _acknowledge(self, acknowledgement: int | None, me: _Side, other: _Side) -> Note | None:
        if acknowledgement is None:
            return None
        me.acknowledged = max(acknowledgement, me.acknowledged or 0)
        if other.gaps:  # what the receiver has is not missing: it passed unseen
            other.fill(other.gaps[0][0], acknowledgement)
        if self.closed_by_fins or not (_has_whole(me, other) and _has_whole(other, me)):
            return None
        self.closed_by_fins = True
        return Note.CLOSED


def _has_whole(receiver: _Side, sender: _Side) -> bool:
    """Whether the sender's FIN is acknowledged, and so all that came before it."""
    return sender.fin_end is not None and (receiver.acknowledged or 0) >= sender.fin_end


def _place(
    segment: Segment, sequence: int, acknowledgement: int | None, me: _Side, other: _Side
) -> Note | None:
    """Put the segment into its side's stream and say how it lies there."""
    if segment.has(Flags.RST):
        return None
    end = sequence + segment.occupied
    was_blind, me.may_jump = me.may_jump, False
    if sequence > me.next and was_blind:
        _extend(segment, end, me)
        return None
    if sequence > me.next:
        me.gaps.append((me.next, sequence))
        _extend(segment, end, me)
        return Note.GAP
    if segment.occupied == 0:
        return _empty_segment(segment, sequence, acknowledgement, me, other)
    if sequence == me.next:
        _extend(segment, end, me)
        return None
    was_missing = me.fill(sequence, end)
    was_sent_later = _is_later(segment.identification, me.identification)
    if end > me.next:
        _extend(segment, end, me)
    return Note.OUT_OF_ORDER if was_missing and not was_sent_later else Note.RETRANSMISSION


def _extend(segment: Segment, end: int, me: _Side) -> None:
    me.advance(end)
    me.identification = segment.identification


def _is_later(identification: int | None, than: int | None) -> bool:
    """Whether the IPv4 identification shows that a packet was sent after another one.

    Linux counts it up by one for each segment of a connection, so a segment that was only overtaken
    has a smaller one than a segment that was sent again. Zero and None say nothing (RFC 6864).
    """
    return bool(identification and than and _signed(identification - than, bits=16) > 0)


def _empty_segment(
    segment: Segment, sequence: int, acknowledgement: int | None, me: _Side, other: _Side
) -> Note | None:
    """Say what a segment without data is for, if it is more than an acknowledgement."""
    if sequence == me.next - 1:  # one back, to provoke an answer: RFC 9293 section 3.8.4
        return Note.WINDOW_PROBE if other.window == 0 else Note.KEEP_ALIVE
    if (  # RFC 5681 section 2, definition of DUPLICATE ACKNOWLEDGMENT
        acknowledgement is not None
        and acknowledgement == me.acknowledged
        and acknowledgement < other.next
        and segment.window == me.window
    ):
        return Note.DUPLICATE_ACK
    return None


def _open_window(segment: Segment, me: _Side) -> Note | None:
    if segment.flags & (Flags.SYN | Flags.RST):
        return None
    before, me.window = me.window, segment.window
    if segment.window == 0:
        return Note.ZERO_WINDOW
    return Note.WINDOW_OPEN if before == 0 else None


def _signed(difference: int, *, bits: int) -> int:
    """Return a difference of two wrapping counters as the nearest plain one."""
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half
