"""A line that moves while checks run, on stderr, and only where a person sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from grader.checks import Check
from grader.escaping import escape_text
from grader.language import Language, Text

STARTING = Text("starting two hosts", "正在启动两台主机")
CHECKING = Text("check {number} of {total}: {title}", "第 {number}/{total} 项：{title}")


class Progress:
    """Says which check runs."""

    def __init__(self, console: Console, language: Language) -> None:
        self._language = language
        self._status = console.status(STARTING.say(language))

    def check_starts(self, check: Check, index: int, total: int) -> None:
        """Show this check; `index` counts those before it."""
        told = CHECKING.fill(number=index + 1, total=total, title=check.title)
        self._status.update(escape_text(told.say(self._language)).replace("[", r"\["))

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the line while this lasts; nothing where stderr is no terminal."""
        if not self._status.console.is_terminal:
            yield
            return
        with self._status:
            yield
