"""Text that wraps as Chinese and English do: between characters of the one, words of the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.style import StyleType
from rich.text import Text as Line

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_CLOSING = "、。，；：！？）》」』”’…"  # these never begin a line
_OPENING = "（《「『“‘"  # these never end one
_PIECE = re.compile(
    rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_CLOSING}])[{_CLOSING}]*\s*|\s+"
)


@dataclass(frozen=True)
class Prose:
    """One or more lines of plain text, wrapped to the room there is."""

    words: str
    style: StyleType = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in wrap(self.words, options.max_width):
            yield Line(line, style=self.style, overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((cell_len(line) for line in self.words.split("\n")), default=0)
        return Measurement(1, min(longest, options.max_width))


def wrap(words: str, width: int) -> Iterator[str]:
    """Cut text into lines of at most `width` cells; a longer word without a break stays whole."""
    for paragraph in words.split("\n"):
        if cell_len(paragraph) <= width:  # also keeps the indent of a caret
            yield paragraph
            continue
        line = ""
        for piece in _PIECE.findall(paragraph):
            if line and cell_len(line + piece.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += piece
        yield line.rstrip()
