"""What a teacher wants to see of a class first: points, checks, times, who is missing. Pure."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from grader.classroom.progress import outcome_of
from grader.classroom.rows import Column, Grades, State
from grader.classroom.words import file_name
from grader.language import Text

BARS = 21  # of the distribution; with more points several share one


@dataclass(frozen=True)
class Listed:
    """One line of the table of students."""

    student: str
    name: str
    state: State
    outcome: Text
    earned: int | None
    lost: tuple[str, ...]  # names of checks that failed
    notes: int
    duration_s: float
    page: str
    remarks: tuple[Text, ...] = ()  # for the teacher, not on the student's page


@dataclass
class CheckCount:
    """How one check ended in the class."""

    column: Column
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> int:
        """How many did not pass it, be it that it failed or was blocked."""
        return self.counts["failed"] + self.counts["blocked"]


@dataclass(frozen=True)
class Bar:
    """How many have so many points."""

    first: int
    last: int
    count: int
    percent: int  # of the highest bar

    @property
    def label(self) -> str:
        """Name its points."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True)
class Overview:
    """The class page, without its words."""

    lab: str
    possible: int
    listed: tuple[Listed, ...]
    checks: tuple[CheckCount, ...]  # those that cost most first
    bars: tuple[Bar, ...]
    same_files: tuple[tuple[str, ...], ...]  # students whose files do not differ
    seeds: tuple[int, ...]
    versions: tuple[str, ...]
    last_s: float

    def count(self, *states: State) -> int:
        """Count the lines with one of these states."""
        return sum(one.state in states for one in self.listed)

    def names(self, state: State) -> list[str]:
        """Name who has this state."""
        return [one.name or one.student for one in self.listed if one.state == state]

    @property
    def handed_in(self) -> int:
        """How many submissions there are."""
        return len(self.listed) - self.count("missing")

    @property
    def whole(self) -> int:
        """How many have all points."""
        return sum(one.state == "graded" and one.earned == self.possible > 0 for one in self.listed)

    @property
    def average(self) -> float | None:
        """The average of what was graded."""
        points = [
            one.earned for one in self.listed if one.state == "graded" and one.earned is not None
        ]
        return statistics.mean(points) if points else None

    @property
    def median_s(self) -> float:
        """How long one submission took."""
        times_s = [one.duration_s for one in self.listed if one.duration_s]
        return statistics.median(times_s) if times_s else 0.0

    @property
    def slowest(self) -> Listed | None:
        """Which took longest."""
        timed = [one for one in self.listed if one.duration_s]
        return max(timed, key=lambda one: one.duration_s) if timed else None


def overview_of(grades: Grades) -> Overview:
    """Go through the rows once; what is kept of each is a line."""
    listed = []
    checks: dict[str, CheckCount] = {}
    by_content: dict[str, list[str]] = defaultdict(list)
    seeds, versions, last_s = set(), set(), 0.0
    for row in grades.read():
        results = row.report.checks if row.report else ()
        for check in results:
            column = Column(check.name, check.title, check.points, check.hidden)
            checks.setdefault(check.name, CheckCount(column)).counts[check.outcome] += 1
        if row.state in ("graded", "error"):
            by_content[row.content].append(row.student)
            seeds.add(row.seed)
            versions.add(row.checks)
            last_s = max(last_s, row.ended_s)
        listed.append(
            Listed(
                student=row.student,
                name=row.name,
                state=row.state,
                outcome=outcome_of(row),
                earned=row.earned,
                lost=tuple(check.name for check in results if check.outcome == "failed"),
                notes=len(row.notes),
                duration_s=row.duration_s,
                page=f"students/{file_name(row.student)}.html",
                remarks=row.remarks,
            )
        )
    possible = sum(each.column.points for each in checks.values())
    order = sorted(checks.values(), key=lambda each: (-each.counts["failed"], -each.lost))
    return Overview(
        lab=grades.lab,
        possible=possible,
        listed=tuple(listed),
        checks=tuple(order),
        bars=_bars([one.earned for one in listed if one.state == "graded"], possible),
        same_files=tuple(tuple(names) for names in by_content.values() if len(names) > 1),
        seeds=tuple(sorted(seeds)),
        versions=tuple(sorted(versions)),
        last_s=last_s,
    )


def _bars(points: list[int | None], possible: int) -> tuple[Bar, ...]:
    width = possible // BARS + 1
    counts = Counter((earned or 0) // width for earned in points)
    highest = max(counts.values(), default=1)
    return tuple(
        Bar(
            number * width,
            min(possible, (number + 1) * width - 1),
            counts[number],
            round(100 * counts[number] / highest),
        )
        for number in range(possible // width + 1)
    )
