import io

import pytest
from rich.console import Console

from grader.classroom.progress import ClassProgress, clock_time, outcome_of
from grader.classroom.summary import exit_status, summarize
from unit.classroom.samples import (
    LOST,
    MISSING,
    ROWS,
    SPOILT,
    TITLE,
    UNREADABLE,
    WAITING,
    WHOLE,
    grades,
)


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def drawn(progress: ClassProgress) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(progress)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_what_is_done_what_runs_and_how_long_it_may_take() -> None:
    clock = Clock()
    progress = ClassProgress(total=4, language="en", clock=clock)
    assert progress.left_s is None
    progress.begins({"student": "李四", "title": vars(TITLE), "index": 2, "total": 20})
    clock.now_s += 10
    progress.ends(WHOLE)
    progress.ends(SPOILT)
    assert progress.left_s == 10
    shown = drawn(progress)
    assert "2 of 4 · all points 1 · lost points 0 · not graded 1" in shown
    assert "about 0:10 left" in shown
    assert "李四" in shown
    assert "10 s 3/20 The server <answers>." in shown


def test_without_a_terminal_each_result_is_a_line() -> None:
    console = Console(file=io.StringIO(), width=80)
    progress = ClassProgress(total=10, language="zh")
    with progress.shown(console) as tell:
        tell(LOST)
        tell(UNREADABLE)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith(" 1/10  <script>")
    assert lines[0].endswith("得分 0/3")
    assert lines[1] == " 2/10  empty  无法评分：里面什么也没有"


@pytest.mark.parametrize(("seconds", "shown"), [(5, "0:05"), (65.4, "1:05"), (3600, "1:00:00")])
def test_time_left(seconds: float, shown: str) -> None:
    assert clock_time(seconds) == shown


def test_every_state_has_its_words() -> None:
    words = {row.state: outcome_of(row).en for row in ROWS}
    assert words["missing"] == "nothing handed in"
    assert words["waiting"] == "not graded yet"
    assert words["error"] == "not graded, the grader failed: some checks could not be run"


def test_the_exit_status_is_the_worst() -> None:
    assert exit_status(grades(WHOLE)) == 0
    assert exit_status(grades(WHOLE, LOST)) == 1
    assert exit_status(grades(WHOLE, MISSING)) == 1
    assert exit_status(grades(UNREADABLE, WHOLE)) == 1
    assert exit_status(grades(LOST, WAITING)) == 3
    assert exit_status(grades(SPOILT, LOST)) == 3


def test_a_summary() -> None:
    lines = list(summarize(grades(), [], language="en"))
    assert lines[0] == "lab1: 7 submissions, 2 of them with all points"
    assert "  nobody N. O. Body  nothing handed in" in lines
    assert len([line for line in lines if line.startswith("  ")]) == 5
