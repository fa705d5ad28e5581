"""What grading one submission found; every report and export is made from this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.language import Text
from grader.lesson import Lesson
from grader.steps import Step

Outcome = Literal["passed", "failed", "blocked", "error"]

FINE, CHECKS_FAILED, WRONG_USAGE, GRADER_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


@dataclass(frozen=True)
class CheckResult:
    """One check of one submission.

    `lesson` goes with failed, `blocked_by` (names of checks) with blocked, `error` (what went
    wrong with us) with error; a check that waits for one with error has that and `blocked_by`.
    """

    name: str
    title: Text
    points: int
    outcome: Outcome
    lesson: Lesson | None = None
    steps: tuple[Step, ...] = ()
    blocked_by: tuple[str, ...] = ()
    error: Text | None = None
    duration_s: float = 0.0
    hidden: bool = False

    @property
    def earned(self) -> int:
        """Points earned: all of them by passing, else none."""
        return self.points if self.outcome == "passed" else 0


@dataclass(frozen=True)
class Report:
    """All checks of one submission, in the order they ran."""

    lab: str
    submission: str
    seed: int
    checks: tuple[CheckResult, ...]
    notes: tuple[Text, ...] = ()
    planned: int | None = None  # checks there would have been
    error: Text | None = None  # the grader failed before or between checks
    is_interrupted: bool = False

    @property
    def earned(self) -> int:
        """Points earned so far."""
        return sum(check.earned for check in self.checks)

    @property
    def possible(self) -> int:
        """Points of all checks that were asked for, ours that failed included."""
        return sum(check.points for check in self.checks)

    @property
    def is_complete(self) -> bool:
        """Whether every check gave a verdict about the submission."""
        return not (self.is_interrupted or self.error or self.with_outcome("error"))

    @property
    def exit_status(self) -> int:
        """0: all passed; 1: a check failed or is blocked; 3: the grader failed; 130: Ctrl-C."""
        if self.error or self.with_outcome("error"):
            return GRADER_FAILED
        if self.is_interrupted:
            return INTERRUPTED
        return FINE if self.earned == self.possible else CHECKS_FAILED

    def with_outcome(self, outcome: Outcome) -> tuple[CheckResult, ...]:
        """Give the checks that ended so."""
        return tuple(check for check in self.checks if check.outcome == outcome)


def our_fault(error: Text | None) -> Text:
    """Say that the grader failed, not the program, and that this costs nothing."""
    return OUR_FAULT.fill(not_you=NOT_YOU, error=error or Text("unknown", "原因不明"))


NOT_YOU = Text("The grader failed, not your program", "是评分程序出了问题，不是你的程序")
OUR_FAULT = Text("{not_you}: {error}. No points were taken.", "{not_you}：{error}。没有扣分。")
LOGGED = Text("Details for whoever mends it: {path}", "给维护者看的细节：{path}")
