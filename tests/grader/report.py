"""The report of one submission in a terminal: a line a check, then what each failure teaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text as Line

from grader.escaping import escape_text
from grader.language import Language, Text
from grader.lesson import Lesson
from grader.prose import Prose
from grader.result import LOGGED, CheckResult, Outcome, Report, our_fault
from grader.steps import WIRE, Step

MARKS: dict[Outcome, tuple[str, str]] = {
    "passed": ("✔", "green"),
    "failed": ("✘", "red"),
    "blocked": ("○", "yellow"),
    "error": ("!", "magenta"),
}
# A check of a thousand small steps still fits on a screen; of packets each step makes several.
FIRST_STEPS, LAST_STEPS = 3, 9
FIRST_WITH_PACKETS, LAST_WITH_PACKETS = 8, 24

SAW, WANTED = Text("saw", "实际"), Text("wanted", "应为")
HINT, LOOK, STEPS = Text("hint", "提示"), Text("look", "查看"), Text("steps", "经过")
SEED = Text("seed {seed}", "种子 {seed}")
HIDDEN = Text(" (hidden)", "（隐藏检查）")
UNTOLD = Text("A hidden check does not tell what it tried.", "隐藏检查不公开它尝试了什么。")
BLOCKED_BY = Text("blocked by {names}", "要先通过 {names}")
FAILED_HERE = Text("here it failed", "在这里失败")
MORE_STEPS = Text("… {count} more steps", "……另有 {count} 步")
ALL = Text("All {possible} points. Well done!", "满分 {possible} 分，做得好！")
SOME = Text("{earned} of {possible} points.", "得分 {earned}/{possible}。")
INCOMPLETE = Text("The total is incomplete.", "总分不完整。")
STOPPED = Text(
    "Stopped after {done} of {planned} checks.", "已中断，完成了 {planned} 项检查中的 {done} 项。"
)
AGAIN = Text("One check again, the same way:", "只重跑一项检查，过程相同：")


def print_report(
    report: Report, *, console: Console, language: Language, again: str, log: str = ""
) -> None:
    """Print it. `again` is the command that was typed, `log` the file with our own traceback."""
    blocks = Group(*_blocks(report, language, log=log))
    for line in console.render_lines(blocks, pad=False):
        console.print(Segments([*_without_trailing_space(line), Segment.line()]), end="")
    for check in report.with_outcome("failed")[:1]:
        command = f"  {escape_text(again)} --check {check.name} --seed {report.seed}"
        console.print(Line(command, "cyan"), soft_wrap=True)  # to be copied in one piece


def _without_trailing_space(line: list[Segment]) -> list[Segment]:
    """Drop what pads a cell, so that a report can be copied into a page."""
    while line and not line[-1].text.strip():
        line = line[:-1]
    return [*line[:-1], Segment(line[-1].text.rstrip(), line[-1].style)] if line else []


def _blocks(report: Report, language: Language, *, log: str) -> Iterator[RenderableType]:
    yield _header(report, language)
    for note in report.notes:
        yield Prose(f"• {_say(note, language)}", "yellow")
    yield Line()
    if report.checks:
        yield _list_checks(report.checks, language)
        yield Line()
    for check in report.with_outcome("failed"):
        yield from _teach(check, language)
    for check in report.with_outcome("error"):
        if check.error:
            yield _heading(check, language)
            yield Prose(_say(our_fault(check.error), language), "magenta")
            yield Line()
    if report.error and report.error not in [check.error for check in report.checks]:
        yield Prose(_say(our_fault(report.error), language), "magenta")
    if log:
        yield Line(_say(LOGGED.fill(path=log), language), style="dim")
    yield from _total(report, language)
    if report.with_outcome("failed"):
        yield Prose(AGAIN.say(language))


def _header(report: Report, language: Language) -> Line:
    seed = SEED.fill(seed=report.seed).say(language)
    header = Line(report.lab, style="bold")
    header.append(f" · {escape_text(report.submission)} · {seed}", style="not bold")
    return header


def _list_checks(checks: Iterable[CheckResult], language: Language) -> Table:
    grid = Table.grid(expand=True)  # no padding: rich 13 and 15 take it for different widths
    grid.add_column(width=2)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for check in checks:
        mark, style = MARKS[check.outcome]
        title = Prose(_say(check.title, language) + HIDDEN.say(language) * check.hidden)
        earned = "–" if check.outcome == "error" else check.earned
        grid.add_row(Line(mark, style=style), title, f" {earned}/{check.points}")
        if check.blocked_by:
            blocked = BLOCKED_BY.fill(names=", ".join(check.blocked_by))
            grid.add_row("", Prose(blocked.say(language), "dim"), "")
    return grid


def _teach(check: CheckResult, language: Language) -> Iterator[RenderableType]:
    yield _heading(check, language)
    if check.lesson is None:
        yield Padding(Prose(UNTOLD.say(language)), (0, 0, 1, 2))
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(overflow="fold")
    for label, text in _lines(check.lesson):
        grid.add_row(label.say(language), Prose(_say(text, language)))
    if check.steps:
        grid.add_row(STEPS.say(language), _tell_steps(check.steps, language))
    yield Padding(grid, (0, 0, 1, 2))


def _heading(check: CheckResult, language: Language) -> Prose:
    mark, style = MARKS[check.outcome]
    return Prose(f"{mark} {check.name}  {_say(check.title, language)}", f"bold {style}")


def _lines(lesson: Lesson) -> Iterator[tuple[Text, Text]]:
    told = ((SAW, lesson.saw), (WANTED, lesson.wanted), (HINT, lesson.hint), (LOOK, lesson.look))
    return ((label, text) for label, text in told if text)


def _tell_steps(steps: tuple[Step, ...], language: Language) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True, style="dim")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    has_packets = any(step.who == WIRE for step in steps)
    first = FIRST_WITH_PACKETS if has_packets else FIRST_STEPS
    last = LAST_WITH_PACKETS if has_packets else LAST_STEPS
    left_out = max(0, len(steps) - first - last)
    shown = iter(steps)
    for step in islice(shown, first) if left_out else shown:
        grid.add_row(*_tell_step(step, steps[0], language))
    if left_out:
        grid.add_row("", "", Line(MORE_STEPS.fill(count=left_out).say(language), style="dim"))
        for step in steps[-last:]:
            grid.add_row(*_tell_step(step, steps[0], language))
    grid.add_row("", Line("✘", style="red"), Line(FAILED_HERE.say(language), style="red"))
    return grid


def _tell_step(step: Step, first: Step, language: Language) -> tuple[str, Line, Prose]:
    what = _say(step.what, language)
    if step.told_data:
        what += f"  {step.told_data.say(language)}"
    return f"{step.at_s - first.at_s:.3f} s", Line(escape_text(step.who)), Prose(what)


def _total(report: Report, language: Language) -> Iterator[RenderableType]:
    figures = {"earned": report.earned, "possible": report.possible}
    is_glad = report.checks and report.exit_status == 0
    total = (ALL if is_glad else SOME).fill(**figures)
    if report.checks:
        yield Line(total.say(language), style="bold green" if is_glad else "bold")
    if report.is_interrupted or (report.checks and report.error):
        stopped = STOPPED.fill(done=len(report.checks), planned=report.planned or "?")
        yield Line(stopped.say(language))
    elif report.checks and not report.is_complete:
        yield Line(INCOMPLETE.say(language))


def _say(text: Text, language: Language) -> str:
    """Say it; the second lock on the door, as `Text.fill` escapes what it fills in."""
    return escape_text(text.say(language), keep="\n")
