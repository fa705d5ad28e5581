"""One TCP connection as seen from outside: relative numbers, its life, and what stands out.

Pure. Sequence numbers are counted modulo 2**32 on the wire (RFC 9293 section 3.4) and as plain
growing integers here: a relative number is the distance from the SYN, which is 0.
"""

from collections import Counter
from dataclasses import dataclass

from wire.note import Note as Note
from wire.packet import Endpoint, Flags, Segment
from wire.side import Side, open_window, place


@dataclass(frozen=True)
class Reading:
    """A segment's relative numbers and notes; `acknowledgement` is None where ACK is not set."""

    sequence: int
    acknowledgement: int | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Progress:
    """How far one side is, in numbers of the header: what it sends next, and what it has.

    `identification` is the last one's with data, if any came; `gap` is what it has left out.
    """

    next_raw: int
    acknowledged_raw: int
    window: int
    identification: int | None = None
    gap: tuple[int, int] | None = None


class Connection:
    """Everything between one opening and one close of the same two endpoints.

    `observe` takes the segments in the order they were captured. The rest are questions:
    `opened_by` sent the first SYN (None if it was not seen), `handshake_seen` says that SYN,
    SYN-ACK and ACK all passed, `first_fin_from` closed first, `resets` sent a RST, in order,
    `time_wait` are those that wait in TIME-WAIT once both sides have closed, and `counts` says how
    often each note was made.
    """

    def __init__(self, first: Segment) -> None:
        self.opened_by: Endpoint | None = None
        self.handshake_seen = False
        self.first_fin_from: Endpoint | None = None
        self.resets: tuple[Endpoint, ...] = ()
        self.closed_by_fins = False
        self.time_wait: tuple[Endpoint, ...] = ()
        self.counts: Counter[Note] = Counter()
        self._fins_crossed = False
        self._sides = {end: Side(end) for end in (first.source, first.target)}

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
            place(segment, sequence, acknowledgement, me, other),
            open_window(segment, me),
            self._reset(segment, me, other),
            self._open(segment, me, other),
            self._finish(segment, sequence, acknowledgement, me, other),
            self._acknowledge(acknowledgement, me, other),
        )
        reading = Reading(sequence, acknowledgement, tuple(note for note in notes if note))
        self.counts.update(reading.notes)
        return reading

    def numbers(self, segment: Segment) -> tuple[int, int | None]:
        """Return the relative numbers of a segment that is only spoken of; nothing changes."""
        me, other = self._sides[segment.source], self._sides[segment.target]
        sequence = 0 if me.next_raw is None else me.relative(segment.sequence)
        if not segment.has(Flags.ACK) or other.next_raw is None:
            return sequence, None
        return sequence, other.relative(segment.acknowledgement)

    def miss(self) -> None:
        """Take note that segments may have passed unseen: no bytes are missing because of it."""
        for side in self._sides.values():
            side.may_jump = True

    def sent_by(self, end: Endpoint) -> int:
        """How many bytes of its stream an end has sent, each counted once; SYN and FIN not."""
        side = self._sides[end]
        return (
            max(0, side.next - 1 - (side.fin_end is not None)) if side.next_raw is not None else 0
        )

    def heard_by(self, end: Endpoint) -> int:
        """Up to which number an end has acknowledged what the other one sent."""
        return self._sides[end].acknowledged or 0

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

    def skip(self, source: Endpoint, progress: Progress, notes: Counter[Note]) -> None:
        """Take a side's segments up to there as seen; so often was something noted about them."""
        me, other = self._other_way(source)
        if progress.gap:
            start, end = (me.relative(raw) for raw in progress.gap)
            me.gaps.append((start, end))
        me.advance(me.relative(progress.next_raw))
        me.acknowledged = other.relative(progress.acknowledged_raw)
        me.window = progress.window
        me.identification = progress.identification or me.identification
        self.counts.update(notes)

    def _other_way(self, source: Endpoint) -> tuple[Side, Side]:
        me = self._sides[source]
        return me, next((side for end, side in self._sides.items() if end != source), me)

    def _reset(self, segment: Segment, me: Side, other: Side) -> Note | None:
        if not segment.has(Flags.RST):
            return None
        self.resets += (me.endpoint,)
        # Nothing but a RST answers a SYN that no socket waits for: RFC 9293 section 3.5.2, group 1.
        is_refusal = self.opened_by == other.endpoint and me.syn_raw is None
        return Note.REFUSED if is_refusal else Note.RESET

    def _open(self, segment: Segment, me: Side, other: Side) -> Note | None:
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

    def _finish(
        self, segment: Segment, sequence: int, acknowledgement: int | None, me: Side, other: Side
    ) -> Note | None:
        if not segment.has(Flags.FIN) or me.fin_end is not None:
            return None
        me.fin_end = sequence + segment.occupied
        if self.first_fin_from is None:
            self.first_fin_from = me.endpoint
            return Note.FIRST_FIN
        self._fins_crossed = acknowledgement is None or acknowledgement < (other.fin_end or 0)
        return Note.SECOND_FIN

    def _acknowledge(self, acknowledgement: int | None, me: Side, other: Side) -> Note | None:
        if acknowledgement is None:
            return None
        me.acknowledged = max(acknowledgement, me.acknowledged or 0)
        if other.gaps:  # what the receiver has is not missing: it passed unseen
            other.fill(other.gaps[0][0], acknowledgement)
        if self.closed_by_fins or not (_has_whole(me, other) and _has_whole(other, me)):
            return None
        self.closed_by_fins = True
        # RFC 9293 section 3.6: the active closer, or both where the FINs crossed (CLOSING).
        is_waiting = {end: self._fins_crossed or end == self.first_fin_from for end in self._sides}
        self.time_wait = tuple(end for end, waits in is_waiting.items() if waits)
        return Note.CLOSED


def _has_whole(receiver: Side, sender: Side) -> bool:
    """Whether the sender's FIN is acknowledged, and so all that came before it."""
    return sender.fin_end is not None and (receiver.acknowledged or 0) >= sender.fin_end
