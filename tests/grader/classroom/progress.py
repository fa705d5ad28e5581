"""How far a class is: what is done, what runs now, what failed so far, how long it may take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Line

from grader.classroom.rows import Row
from grader.escaping import escape_text
from grader.language import Language, Text, read_text, same

REDRAWS_PER_S = 4


@dataclass(frozen=True)
class Running:
    """A submission that is being graded, and the check it is at."""

    since_s: float
    title: Text
    index: int
    total: int


class ClassProgress:
    """Counts what ends, knows what runs. Safe to tell from another thread."""

    def __init__(
        self, *, total: int, language: Language, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total = total
        self.done = self.whole = self.lost = self.failed = 0
        self.running: dict[str, Running] = {}
        self._language = language
        self._clock = clock
        self._begun_s = clock()

    def begins(self, answer: Mapping[str, Any]) -> None:
        """Note at which check a submission is, as a worker tells it."""
        before = self.running.get(answer["student"])
        self.running[answer["student"]] = Running(
            since_s=before.since_s if before else self._clock(),
            title=read_text(answer["title"]) if answer["title"] else OPENING,
            index=answer["index"],
            total=answer["total"],
        )

    def ends(self, row: Row) -> None:
        """Count a result."""
        self.running.pop(row.student, None)
        self.done += 1
        if row.state == "error":
            self.failed += 1
        elif row.report and row.earned == row.report.possible:
            self.whole += 1
        else:
            self.lost += 1

    @property
    def left_s(self) -> float | None:
        """Guess how long the rest takes, from what has ended so far."""
        if not self.done:
            return None
        taken_s = self._clock() - self._begun_s
        return taken_s / self.done * (self.total - self.done)

    def line(self, row: Row) -> str:
        """Say how one submission ended."""
        number = f"{self.done:>{len(str(self.total))}}/{self.total}"
        return f"{number}  {row.label}  {outcome_of(row).say(self._language)}"

    def __rich__(self) -> RenderableType:
        """Draw it."""
        left_s = self.left_s
        told = COUNTS.fill(
            done=self.done, total=self.total, whole=self.whole, lost=self.lost, failed=self.failed
        )
        left = LEFT.fill(time=clock_time(left_s)) if left_s is not None else same("")
        head = Table.grid(padding=(0, 1))
        head.add_row(
            ProgressBar(total=self.total or 1, completed=self.done, width=30),
            Line(told.say(self._language)),
            Line(left.say(self._language), style="dim"),
        )
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True, max_width=24, overflow="ellipsis", style="cyan")
        grid.add_column(no_wrap=True, justify="right", style="dim")
        grid.add_column(no_wrap=True, overflow="ellipsis")
        now_s = self._clock()
        snapshot = list(self.running.items())  # the cluster's thread goes on changing it
        for student, each in sorted(snapshot, key=lambda item: item[1].since_s):
            place = f"{each.index + 1}/{each.total}" if each.total else ""
            title = escape_text(each.title.say(self._language))
            seconds = f"{now_s - each.since_s:.0f} s"
            grid.add_row(Line("  " + student), Line(f"{seconds} {place}"), Line(title))
        return Group(head, grid)

    @contextmanager
    def shown(self, console: Console) -> Iterator[Callable[[Row], None]]:
        """Show it while this lasts; gives what to call with each row that has ended.

        In a terminal one picture is drawn again and again, elsewhere each result is a line.
        """
        if not console.is_terminal:

            def tell(row: Row) -> None:
                self.ends(row)
                console.print(Line(self.line(row)), soft_wrap=True)

            yield tell
            return
        with Live(
            self,
            console=console,
            refresh_per_second=REDRAWS_PER_S,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as live:

            def show(row: Row) -> None:
                self.ends(row)
                if row.state == "error":
                    live.console.print(Line(self.line(row), style="magenta"), soft_wrap=True)

            yield show


def outcome_of(row: Row) -> Text:
    """Say in a few words how a submission ended."""
    if row.state == "graded" and row.report:
        return POINTS.fill(earned=row.report.earned, possible=row.report.possible)
    problem = row.problem or (row.report.error if row.report else None)
    return {
        "unreadable": UNREADABLE,
        "error": ERROR,
        "missing": MISSING,
        "waiting": WAITING,
        "graded": WAITING,
    }[row.state].fill(problem=problem or INCOMPLETE)


def clock_time(seconds: float) -> str:
    """Write seconds as minutes and seconds, hours before them where there are some."""
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


OPENING = Text("starting two hosts", "正在启动两台主机")
COUNTS = Text(
    "{done} of {total} · all points {whole} · lost points {lost} · not graded {failed}",
    "{done}/{total} · 满分 {whole} · 有失分 {lost} · 未能评分 {failed}",
)
LEFT = Text("about {time} left", "大约还需 {time}")
POINTS = Text("{earned} of {possible} points", "得分 {earned}/{possible}")
UNREADABLE = Text("nothing to grade: {problem}", "无法评分：{problem}")
ERROR = Text("not graded, the grader failed: {problem}", "评分程序出错，未评分：{problem}")
MISSING = Text("nothing handed in", "没有提交")
WAITING = Text("not graded yet", "尚未评分")
INCOMPLETE = Text("some checks could not be run", "有些检查没能运行")
