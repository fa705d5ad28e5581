"""Grades what a class has handed in and is not in the gradebook yet."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from grader.classroom.gradebook import Entry, Gradebook
from grader.classroom.handins import ClassFolder, Handin
from grader.classroom.rows import Row
from grader.classroom.version import content_of
from grader.classroom.work import LIMIT_S, Work
from grader.errors import GraderError, UsageError
from grader.grading import Lab
from grader.language import Text
from grader.personal import Values, values_of
from grader.result import Report
from grader.result_json import read_json

if TYPE_CHECKING:
    from grader.classroom.cluster import Outcome  # Dask takes long to import

FAILURES = 3  # for each job, one after another: then it is not the submissions, and we stop

Log = Callable[[str], None]


class Grader(Protocol):
    """What grades: a Cluster."""

    @property
    def jobs(self) -> int: ...  # noqa: D102
    def grade(  # noqa: D102
        self, works: Iterable[Work], on_check: Callable[[dict[str, Any]], None]
    ) -> Iterator[Outcome]: ...


@dataclass(frozen=True)
class Settings:
    """How all submissions of a class are graded: with the same checks and the same seed."""

    lab: Lab
    checks: str
    seed: int
    hidden: bytes = b""  # an archive
    limit_s: float = LIMIT_S
    secret: str = ""  # of the students' own values; it stays here

    def values(self, student: str) -> Values | None:
        """Give the values of a student or a group, if there are to be any."""
        return values_of(student, self.secret) if self.secret else None

    def key(self, student: str) -> str:
        """Give what a row is known by beside its content."""
        values = self.values(student)
        return values.key if values else ""


def enter_class(
    book: Gradebook, folder: ClassFolder, settings: Settings, *, rerun: str = ""
) -> list[Handin]:
    """Put everyone into the gradebook; gives what is to be graded, now or again.

    What cannot be read has its result at once. Raises UsageError for a `rerun` of nobody.
    """
    lab = settings.lab.name
    entries, unreadable = [], []
    for handin in folder.handins:
        try:
            submission = handin.read(settings.lab.wanted)
            content, notes = content_of(submission.archive), submission.notes
        except UsageError as problem:
            content, notes = content_of(problem.text.en.encode()), handin.notes
            unreadable.append(_unreadable(handin, content, problem.text, settings))
        key = settings.key(handin.student)
        entries.append(Entry(handin.student, handin.members, content, notes, key))
    taken = {entry.student for entry in entries}
    absent = [Entry(one.id, (one,), None) for one in folder.missing if one.id not in taken]
    book.enter(lab, [*entries, *absent])
    if rerun:
        book.ask_again(lab, rerun, checks=settings.checks, seed=settings.seed)
    todo = book.todo(lab)
    for row in unreadable:
        if row.student in todo:
            book.write(lab, row)
            todo.remove(row.student)
    return [
        replace(handin, number=number)
        for number, handin in enumerate(folder.handins)
        if handin.student in todo
    ]


def _unreadable(handin: Handin, content: str, problem: Text, settings: Settings) -> Row:
    return Row(
        handin.student,
        handin.members,
        "unreadable",
        content,
        settings.checks,
        settings.seed,
        problem=problem,
        notes=handin.notes,
        ended_s=time.time(),
        personal=settings.key(handin.student),
    )


def grade_class(
    book: Gradebook,
    handins: list[Handin],
    settings: Settings,
    grader: Grader,
    *,
    on_check: Callable[[dict[str, Any]], None],
    on_row: Callable[[Row], None],
    log: Log,
) -> None:
    """Grade these; each has its row in the gradebook before `on_row` is called with it.

    Raises GraderError when so many cannot be graded one after another that the engine must be the
    reason; then, and after any other exception, the same call goes on where this one stopped.
    """
    by_student = {handin.student: handin for handin in handins}
    tokens = _tokens(book, settings)
    in_a_row = 0
    works = _works(handins, settings, jobs=grader.jobs)
    for outcome in grader.grade(works, on_check):
        row = _row(outcome, by_student[outcome.work.student], settings, tokens)
        book.write(settings.lab.name, row)
        told = outcome.log or (outcome.graded.log if outcome.graded else "")
        if told.strip():
            log(f"{row.student}: {row.problem or ''}\n{told}")
        on_row(row)
        in_a_row = in_a_row + 1 if outcome.problem else 0
        if in_a_row >= FAILURES * grader.jobs:
            raise GraderError(STOPPED.fill(count=in_a_row, why=row.problem or Text("?", "？")))


def _works(handins: list[Handin], settings: Settings, *, jobs: int) -> Iterator[Work]:
    """Read submissions as they are needed: a class of any size takes the same memory."""
    for place, handin in enumerate(handins):
        submission = handin.read(settings.lab.wanted)
        yield Work(
            lab=settings.lab.name,
            student=handin.student,
            archive=submission.archive,
            notes=submission.notes,
            seed=settings.seed,
            checks=settings.checks,
            hidden=settings.hidden,
            personal=settings.values(handin.student),
            limit_s=settings.limit_s,
            has_next=place < len(handins) - jobs,
            number=handin.number,
        )


def _tokens(book: Gradebook, settings: Settings) -> dict[bytes, str]:
    """Give everybody's token with whose it is."""
    found = {name: settings.values(name) for name in book.names(settings.lab.name)}
    return {values.token.encode(): name for name, values in found.items() if values}


def values_in(report: Report, tokens: Mapping[bytes, str], student: str) -> str:
    """Name another student whose token the program has sent in a check that failed."""
    sent = [
        step.data
        for check in report.checks
        if check.outcome == "failed"
        for step in check.steps
        if step.data
    ]
    others = (
        name
        for token, name in tokens.items()
        if name != student and any(token in data for data in sent)
    )
    return next(others, "")


def _row(outcome: Outcome, handin: Handin, settings: Settings, tokens: Mapping[bytes, str]) -> Row:
    graded = outcome.graded
    document = graded.document if graded else outcome.partial
    report = read_json(json.loads(document)) if document else None
    is_whole = graded is not None and report is not None and report.is_complete
    return Row(
        student=handin.student,
        members=handin.members,
        state="graded" if is_whole else "error",
        content=content_of(outcome.work.archive),
        checks=settings.checks,
        seed=settings.seed,
        report=report,
        problem=outcome.problem,
        notes=outcome.work.notes,
        ended_s=time.time(),
        duration_s=graded.duration_s if graded else 0.0,
        place=graded.place if graded else "",
        personal=settings.key(handin.student),
        values_of=values_in(report, tokens, handin.student) if report else "",
    )


STOPPED = Text(
    "{count} submissions one after another could not be graded, so it is not their fault. The last"
    " reason was: {why}",
    "连续 {count} 份提交未能评分，问题不在提交本身。最后一次的原因：{why}",
)
