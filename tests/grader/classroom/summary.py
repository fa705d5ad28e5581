"""What a run says at its end, and its exit status. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.classroom.progress import outcome_of
from grader.classroom.rows import Grades
from grader.language import Language, Text
from grader.result import CHECKS_FAILED, FINE, GRADER_FAILED

SHOWN = 20


def exit_status(grades: Grades) -> int:
    """0: all have all points; 1: someone has not; 3: the grader failed, or is not done."""
    status = FINE
    for row in grades.read():
        if row.state in ("error", "waiting"):
            return GRADER_FAILED
        if row.report is None or row.earned != row.report.possible:
            status = CHECKS_FAILED
    return status


def summarize(grades: Grades, files: Sequence[Path], *, language: Language) -> Iterator[str]:
    """Give the lines: how many ended how, whose was not graded and why, what is written where."""
    states: Counter[str] = Counter()
    whole = earned = 0
    named = []
    for row in grades.read():
        states[row.state] += 1
        if row.state == "graded" and row.report:
            whole += row.earned == row.report.possible
            earned += row.report.earned
            named += [f"  {row.label}  {remark.say(language)}" for remark in row.remarks]
        else:
            named.append(f"  {row.label}  {outcome_of(row).say(language)}")
    handed_in = states.total() - states["missing"]
    yield COUNTED.fill(lab=grades.lab, count=handed_in, whole=whole).say(language)
    if states["graded"]:
        yield AVERAGE.fill(average=earned / states["graded"], possible=grades.possible).say(
            language
        )
    yield from named[:SHOWN]
    if len(named) > SHOWN:
        yield "  " + MORE.fill(count=len(named) - SHOWN).say(language)
    for path in files:
        yield f"→ {path}"


COUNTED = Text(
    "{lab}: {count} submissions, {whole} of them with all points",
    "{lab}：{count} 份提交，其中 {whole} 份满分",
)
AVERAGE = Text("average {average:.1f} of {possible} points", "平均 {average:.1f}/{possible} 分")
MORE = Text("… and {count} more", "……另有 {count} 份")
