"""From packets and calls to lines of text, and to the journal that the board reads.

Everything that is shown goes through here once, in its order.
"""

import time
from collections.abc import Iterable, Mapping

from wire.call_fold import CallFolding
from wire.call_line import draw_call
from wire.calls import Call
from wire.capture import Frame
from wire.diagram import draw
from wire.events import Missed, from_call, from_event, from_folded
from wire.fold import Folded, Folding
from wire.journal import Journal
from wire.model import Conversation, Event
from wire.packet import Flags, Packet, Segment
from wire.timeline import LOOK_EVERY_S, Timeline
from wire.traces import Traces
from wire.words import Language, say


class Picture:
    """Takes what is seen and gives the lines to print.

    The caller calls `look` every LOOK_EVERY_S while no packet comes.
    """

    def __init__(
        self, *, names: Mapping[str, str], language: Language, traces: Traces, journal: Journal
    ) -> None:
        self._names = names
        self._language: Language = language
        self._traces = traces
        self._journal = journal
        self._conversation = Conversation()
        self._folding = Folding()
        self._call_folding = CallFolding()
        self._timeline = Timeline()
        self._look_s = 0.0

    def take(self, packet: Packet, frame: Frame) -> list[str]:
        """Take a packet as it is captured."""
        is_opening = isinstance(packet, Segment) and packet.has(Flags.SYN)
        if is_opening or time.monotonic() >= self._look_s:
            self._poll()
        if not (self._traces.is_active or self._timeline.is_holding):
            return self._show_packet(packet, frame)
        self._timeline.add(packet, frame)
        # Packets behind this one may wait in the kernel for long: their time counts, not the clock.
        return self._show_ready(packet.time_s)

    def look(self) -> list[str]:
        """See what time has brought: calls, and what was folded or held for long enough.

        To be called only when no packet waits to be taken.
        """
        unix_s, now_s = time.time(), time.monotonic()
        self._poll()
        lines = self._show_ready(unix_s)
        for call in self._call_folding.overdue(now_s=now_s):
            lines += self._draw_call(call)
        return lines + self._draw(self._folding.overdue(now_s=now_s))

    def miss(self, count: int) -> list[str]:
        """Say that packets were lost."""
        lines = self._draw(self._folding.flush())
        self._journal.write([Missed(count)])
        return [*lines, say("not-shown", self._language, count=f"{count:,}")]

    def _poll(self) -> None:
        self._look_s = time.monotonic() + LOOK_EVERY_S
        self._timeline.add_calls(*self._traces.poll(), now_s=time.time())

    def _show_ready(self, now_s: float) -> list[str]:
        lines: list[str] = []
        for seen in self._timeline.ready(now_s=now_s):
            lines += self._show_call(seen) if isinstance(seen, Call) else self._show_packet(*seen)
        return lines

    def _show_packet(self, packet: Packet, frame: Frame) -> list[str]:
        event = self._conversation.observe(packet, frame)
        return self._draw(self._folding.take(event, now_s=time.monotonic()))

    def _show_call(self, call: Call) -> list[str]:
        lines: list[str] = []
        for each in self._call_folding.take(call, now_s=time.monotonic()):
            lines += self._draw_call(each)
        return lines

    def _draw_call(self, call: Call) -> list[str]:
        lines = self._draw(self._folding.flush())
        place = self._conversation.place(
            call.ends, time_s=call.moment_s, may_begin=call.name != "close"
        )
        self._journal.write([from_call(call, place, names=self._names)])
        return lines + draw_call(call, place, names=self._names, language=self._language)

    def _draw(self, events: Iterable[Event | Folded]) -> list[str]:
        lines: list[str] = []
        for event in events:
            if isinstance(event, Folded):
                self._journal.write([from_folded(event, names=self._names)])
            else:
                self._journal.write([from_event(event, names=self._names)])
            lines += draw(event, names=self._names, language=self._language)
        return lines
