"""From events and calls to lines of text, and to the journal that the board reads.

Everything that is shown goes through here once, in its order.
"""

import time
from collections.abc import Iterable, Mapping

from wire.call_fold import CallFolding
from wire.call_line import draw_call
from wire.calls import Call
from wire.diagram import draw
from wire.events import Missed, from_call, from_event, from_folded, from_sample
from wire.explain import Explainer
from wire.fold import Folded
from wire.journal import Journal
from wire.model import Event
from wire.place import Places
from wire.samples import News, Sample, Samples
from wire.stuck import Stuck
from wire.timeline import LOOK_EVERY_S, Drawn, Timeline
from wire.traces import Traces
from wire.words import Language, say


class Picture:
    """Takes what is to be drawn and gives the lines to print.

    Without a place for traces, samples, or a journal, there are neither calls nor records. With
    `explains` one sentence says what a thing is, the first time it is seen.
    """

    def __init__(
        self,
        *,
        names: Mapping[str, str],
        language: Language,
        traces: Traces | None = None,
        samples: Samples | None = None,
        journal: Journal | None = None,
        explains: bool = True,
    ) -> None:
        self._names = names
        self._language: Language = language
        self._traces = traces
        self._samples = samples
        self._journal = journal
        self._explainer = Explainer(language) if explains else None
        self._stuck = Stuck(language)
        self._news = News()
        self._call_folding = CallFolding()
        self._timeline = Timeline()
        self._places = Places()
        self._look_s = 0.0
        self._missed_calls = 0

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
        lines: list[str] = []
        if now_s >= self._look_s:
            self._poll()
            lines += self._show_ready(unix_s)
        for call in self._call_folding.overdue(now_s=now_s):
            lines += self._draw_call(call)
        return lines + self._stuck.overdue(now_s=unix_s)

    @property
    def _is_tracing(self) -> bool:
        return self._traces is not None and self._traces.is_active

    def _poll(self) -> None:
        if self._traces is None:
            return
        self._look_s = time.monotonic() + LOOK_EVERY_S
        self._timeline.add_calls(*self._traces.poll(), now_s=time.time())
        self._missed_calls += self._traces.take_missed()
        for sample in self._samples.poll() if self._samples else ():
            if self._is_tracing or self._timeline.is_holding:
                self._timeline.add_sample(sample)
            else:
                self._take_sample(sample)

    def _show_ready(self, now_s: float) -> list[str]:
        lines: list[str] = []
        if self._traces is not None and self._traces.is_starting:
            return lines
        for seen in self._timeline.ready(now_s=now_s):
            if isinstance(seen, Call):
                for call in self._call_folding.take(seen, now_s=time.monotonic()):
                    lines += self._draw_call(call)
            elif isinstance(seen, Sample):
                self._take_sample(seen)
            else:
                lines += self._show(seen)
        if self._missed_calls:
            lines += self._say_missed("calls-not-shown", self._missed_calls)
            self._missed_calls = 0
        return lines

    def _say_missed(self, key: str, count: int) -> list[str]:
        if self._journal:
            self._journal.write([Missed(count)])
        return [say(key, self._language, count=f"{count:,}")]

    def _show(self, event: Drawn) -> list[str]:
        if isinstance(event, int):
            return self._say_missed("not-shown", event)
        if isinstance(event, Event):
            self._places.pass_by(event)
            self._news.pass_by(event.number, event.packet.time_s)
        if self._journal and isinstance(event, Folded):
            self._journal.write([from_folded(event, names=self._names)])
        elif self._journal and isinstance(event, Event):
            self._journal.write([from_event(event, names=self._names)])
        lines = draw(event, names=self._names, language=self._language)
        return lines + self._explain(event)

    def _draw_call(self, call: Call) -> list[str]:
        place = self._places.place(call)
        if self._journal:
            self._journal.write([from_call(call, place, names=self._names)])
        lines = draw_call(call, place, names=self._names, language=self._language)
        return lines + self._explain(call)

    def _explain(self, seen: Event | Folded | Call) -> list[str]:
        return self._explainer.explain(seen) if self._explainer else []

    def _take_sample(self, sample: Sample) -> None:
        number = self._places.number_of(sample.ends)
        if number is None:
            return
        self._stuck.take(sample, number)
        if self._journal and self._news.is_news(sample, number):
            self._journal.write([from_sample(sample, number)])
