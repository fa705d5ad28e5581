"""One end of a TCP connection: its numbers, and how each of its segments lies in its stream. Pure.

Numbers are relative, growing integers, unless their name says raw; see connection.py.
"""

from dataclasses import dataclass, field

from wire.note import Note
from wire.packet import Endpoint, Flags, Segment


@dataclass
class Side:
    """What one end has sent so far."""

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
        """Return a number of the header, counted from where this side began."""
        assert self.next_raw is not None, "start() comes first"
        return self.next + _signed(raw - self.next_raw, bits=32)

    def advance(self, end: int) -> None:
        """Take everything up to `end` as sent."""
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


def place(
    segment: Segment, sequence: int, acknowledgement: int | None, me: Side, other: Side
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
    if _is_same(segment.identification, me.identification) and end == me.next:
        return Note.DUPLICATE
    was_missing = me.fill(sequence, end)
    was_sent_later = is_later(segment.identification, me.identification)
    if end > me.next:
        _extend(segment, end, me)
    return Note.OUT_OF_ORDER if was_missing and not was_sent_later else Note.RETRANSMISSION


def _extend(segment: Segment, end: int, me: Side) -> None:
    me.advance(end)
    me.identification = segment.identification


def _is_same(identification: int | None, other: int | None) -> bool:
    """Whether the IPv4 identification shows that it is the same packet, doubled by the network."""
    return bool(identification) and identification == other


def is_later(identification: int | None, than: int | None) -> bool:
    """Whether the IPv4 identification shows that a packet was sent after another one.

    Linux counts it up by one for each segment of a connection, so a segment that was only overtaken
    has a smaller one than a segment that was sent again. Zero and None say nothing (RFC 6864).
    """
    return bool(identification and than and _signed(identification - than, bits=16) > 0)


def _empty_segment(
    segment: Segment, sequence: int, acknowledgement: int | None, me: Side, other: Side
) -> Note | None:
    """Say what a segment without data is for, if it is more than an acknowledgement."""
    if sequence == me.next - 1:  # one back, to provoke an answer: RFC 9293 section 3.8.4
        return Note.WINDOW_PROBE if other.window == 0 else Note.KEEP_ALIVE
    if (  # RFC 5681 section 2, definition of DUPLICATE ACKNOWLEDGMENT; Linux may open the window
        # with it, so a window that differs counts where bytes are seen to be missing.
        acknowledgement is not None
        and acknowledgement == me.acknowledged
        and acknowledgement < other.next
        and (segment.window == me.window or other.gaps)
    ):
        return Note.DUPLICATE_ACK
    return None


def open_window(segment: Segment, me: Side) -> Note | None:
    """Take the segment's window; say so if it closes or opens again."""
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
