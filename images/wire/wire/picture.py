"""From events and calls to lines of text, and to the journal that the board reads.

Everything that is shown goes through here once, in its order.
"""

import time
from collections.abc import Iterable, Mapping

from wire.call_fold import CallFolding
from wire.call_line import draw_call
from wire.calls import Call
from wire.diagram import draw
from wire.events import Missed, from_call, from_event, from_folded
from wire.fold import Folded
from wire.journal import Journal
from wire.model import Event
from wire.place import Places
from wire.timeline import LOOK_EVERY_S, Drawn, Timeline
from wire.traces import Traces
from wire.words import Language, say


class Picture:
    """Takes what is to be drawn and gives the lines to print.

    Without a place for traces, or a journal, there are neither calls nor records.
    """

    def __init__(
        self,
        *,
        names: Mapping[str, str],
        language: Language,
        traces: Traces | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._names = names
        self._language: Language = language
        self._traces = traces
        self._journal = journal
        self._call_folding = CallFolding()
        self._timeline = Timeline()
        self._places = Places()
        self._look_s = 0.0

    @property
    def look_every_s(self) -> float | None:
        """How often `look` wants to be called while nothing passes; None: not at all."""
        return LOOK_EVERY_S if self._traces else None

    def take(self, events: Iterable[Drawn]) -> list[str]:
        """Take what the wire has seen, in its order."""
        lines: list[str] = []
        for event in events:
            is_opening = isinstance(event, Event) and event.is_first
            if is_opening or time.monotonic() >= self._look_s:
                self._poll()
            if not (self._is_tracing or self._timeline.is_holding):
                lines += self._show(event)
                continue
            self._timeline.add(event)
            if isinstance(event, Event):
                # Packets behind this one may wait in the kernel for long: its time is what counts.
                lines += self._show_ready(event.packet.time_s)
        return lines

    def look(self) -> list[str]:
        """See what time has brought: calls, and what was held or folded for long enough.

        To be called only when no packet waits to be taken.
        """
        if self._traces is None:
            return []
        unix_s, now_s = time.time(), time.monotonic()
        self._poll()
        lines = self._show_ready(unix_s)
        for call in self._call_folding.overdue(now_s=now_s):
            lines += self._draw_call(call)
        return lines

    @property
    def _is_tracing(self) -> bool:
        return self._traces is not None and self._traces.is_active

    def _poll(self) -> None:
        if self._traces is None:
            return
        self._look_s = time.monotonic() + LOOK_EVERY_S
        self._timeline.add_calls(*self._traces.poll(), now_s=time.time())

    def _show_ready(self, now_s: float) -> list[str]:
        lines: list[str] = []
        if self._traces is not None and self._traces.is_starting:
            return lines
        for seen in self._timeline.ready(now_s=now_s):
            if isinstance(seen, Call):
                for call in self._call_folding.take(seen, now_s=time.monotonic()):
                    lines += self._draw_call(call)
            else:
                lines += self._show(seen)
        return lines

    def _show(self, event: Drawn) -> list[str]:
        if isinstance(event, int):
            if self._journal:
                self._journal.write([Missed(event)])
            return [say("not-shown", self._language, count=f"{event:,}")]
        if isinstance(event, Event):
            self._places.pass_by(event)
        if self._journal and isinstance(event, Folded):
            self._journal.write([from_folded(event, names=self._names)])
        elif self._journal and isinstance(event, Event):
            self._journal.write([from_event(event, names=self._names)])
        return draw(event, names=self._names, language=self._language)

    def _draw_call(self, call: Call) -> list[str]:
        place = self._places.place(call)
        if self._journal:
            self._journal.write([from_call(call, place, names=self._names)])
        return draw_call(call, place, names=self._names, language=self._language)
