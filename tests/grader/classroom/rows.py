"""A class's results as every exporter reads them: a row for each submission, and who has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from grader.classroom.roster import Student
from grader.language import Text
from grader.result import CheckResult, Report

# graded: each check has its verdict; unreadable: nothing that could be graded was handed in;
# error: the grader failed, no points were taken; waiting: not graded yet; missing: nothing came.
State = Literal["graded", "unreadable", "error", "waiting", "missing"]
FINISHED: tuple[State, ...] = ("graded", "unreadable")


@dataclass(frozen=True)
class Row:
    """One submission of a class, or a student without one.

    `student` is whom it is listed as, `members` are all whose it is. `content` is the hash of its
    files, `checks` the version of the checks, `ended_s` seconds since 1970. `problem` says why
    there is no report, or none that is whole.
    """

    student: str
    members: tuple[Student, ...]
    state: State
    content: str = ""
    checks: str = ""
    seed: int = 0
    report: Report | None = None
    problem: Text | None = None
    notes: tuple[Text, ...] = ()
    ended_s: float = 0.0
    duration_s: float = 0.0
    place: str = ""  # the worker that graded it
    personal: str = ""  # the key of the values it was graded with
    values_of: str = ""  # another student, whose values the program has

    @property
    def earned(self) -> int | None:
        """Points; none where the grader failed or has not been there yet."""
        if self.state in ("unreadable", "missing"):
            return 0
        return self.report.earned if self.state == "graded" and self.report else None

    def check(self, name: str) -> CheckResult | None:
        """Give the result of a check by its name."""
        checks = self.report.checks if self.report else ()
        return next((each for each in checks if each.name == name), None)

    @property
    def remarks(self) -> tuple[Text, ...]:
        """Say what is for the teacher alone: no student's own copy has it."""
        return (VALUES_OF.fill(student=self.values_of),) if self.values_of else ()

    @property
    def name(self) -> str:
        """The members' names, where the roster has any beside the listed one."""
        names = ", ".join(one.name or one.id for one in self.members)
        return "" if names == self.student else names

    @property
    def label(self) -> str:
        """Whom it is listed as, with the name if that says more."""
        return f"{self.student} {self.name}".rstrip()


@dataclass(frozen=True)
class Column:
    """One check of the lab, as the class's table has it."""

    name: str
    title: Text
    points: int
    hidden: bool


@dataclass(frozen=True)
class Grades:
    """All rows of a class. `read` gives them anew each time, one after another."""

    lab: str
    read: Callable[[], Iterator[Row]]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The checks of the lab, in the order they ran."""
        found: dict[str, Column] = {}
        for row in self.read():
            for check in row.report.checks if row.report else ():
                if check.name not in found:
                    found[check.name] = Column(check.name, check.title, check.points, check.hidden)
        return tuple(found.values())

    @property
    def possible(self) -> int:
        """Points of all checks."""
        return sum(column.points for column in self.columns)


VALUES_OF = Text("has the values of {student}", "用的是 {student} 的专属参数")
