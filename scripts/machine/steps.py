"""One line a step: its result and its time, live while it runs where someone is looking."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from machine.text import Language, Text

REDRAW_S = 0.2


@dataclass
class Step:
    """A running step; what `detail` holds at its end is printed on its line."""

    detail: str = ""


@dataclass(frozen=True)
class Progress:
    """Prints steps to `out`; `latest` gives the running tool's last line of output."""

    out: TextIO
    language: Language
    latest: Callable[[], str]

    @contextmanager
    def step(self, name: Text) -> Iterator[Step]:
        """Print a line when the block ends: ✓, or ✗ when it raises."""
        step = Step()
        title = name.in_language(self.language)
        started_s = time.monotonic()
        is_done = threading.Event()
        painter = threading.Thread(
            target=self._paint, args=(title, started_s, is_done), daemon=True
        )
        if self.out.isatty():
            painter.start()
        mark = "✗"
        try:
            yield step
            mark = "✓"
        finally:
            is_done.set()
            if painter.ident:
                painter.join()
            self.say(_line(mark, title, time.monotonic() - started_s, step.detail))

    def say(self, line: str) -> None:
        """Print one line over whatever the painter left."""
        self.out.write(("\r\033[K" if self.out.isatty() else "") + line + "\n")
        self.out.flush()

    def _paint(self, title: str, started_s: float, is_done: threading.Event) -> None:
        while not is_done.wait(REDRAW_S):
            line = _line("…", title, time.monotonic() - started_s, self.latest())
            # Half the width: a Chinese character takes two columns.
            width = shutil.get_terminal_size().columns - 1
            self.out.write(
                "\r\033[K" + (line if line.isascii() else line[: width // 2 + 20])[:width]
            )
            self.out.flush()


def _line(mark: str, title: str, elapsed_s: float, detail: str) -> str:
    return f"{mark} {elapsed_s:6.1f} s  {title}" + (f": {detail}" if detail else "")
