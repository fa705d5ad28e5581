"""A class is graded, whatever becomes of a submission, and goes on where it was stopped."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cluster import Outcome
from grader.classroom.gradebook import Gradebook, open_gradebook
from grader.classroom.handins import ClassFolder, Handin, find_handins
from grader.classroom.roster import Roster, Student
from grader.classroom.rows import Row
from grader.classroom.run import Settings, enter_class, grade_class, values_in
from grader.classroom.work import Graded, Work
from grader.errors import GraderError
from grader.grading import Lab
from grader.language import same
from grader.personal import values_of
from grader.result import Report
from grader.result_json import as_json
from grader.steps import Step
from unit.classroom.samples import HALF, LAB, OURS, PASSED, check
from unit.submissions import WANTED, write_folder
from unit.test_personal import SECRET

SETTINGS = Settings(Lab(LAB, Path(), WANTED, ()), checks="v1", seed=1)


class Fake:
    """Passes every submission but those with a problem; is stopped after some."""

    jobs = 2

    def __init__(self, *, problems: Iterable[str] = (), stops_after: int = 99) -> None:
        self.graded: list[str] = []
        self.works: list[Work] = []
        self._problems = set(problems)
        self._stops_after = stops_after

    def grade(
        self, works: Iterable[Work], on_check: Callable[[dict[str, Any]], None]
    ) -> Iterator[Outcome]:
        for work in works:
            if len(self.graded) == self._stops_after:
                raise KeyboardInterrupt
            self.graded.append(work.student)
            self.works.append(work)
            if work.student in self._problems:
                half = Report(LAB, work.student, 1, (PASSED, OURS))
                partial = json.dumps(as_json(half)).encode() if work.student == "b" else b""
                yield Outcome(work, problem=same("it died"), log="why", partial=partial)
                continue
            report = Report(LAB, work.student, work.seed, (PASSED,), notes=work.notes)
            if work.student == "half" and HALF.report:
                report = HALF.report
            yield Outcome(work, Graded(json.dumps(as_json(report)).encode(), "", "here", 1.0))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with open_gradebook(tmp_path / "book") as opened:
        opened.seed(LAB, 1)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> ClassFolder:
    for name in "abcdef":
        write_folder(tmp_path / "class" / name)
    (tmp_path / "class" / "empty").mkdir()
    return find_handins(tmp_path / "class", wanted=WANTED, roster=Roster((Student("z"),)))


def run(book: Gradebook, folder: ClassFolder, fake: Fake, *, rerun: str = "") -> list[Row]:
    handins = enter_class(book, folder, SETTINGS, rerun=rerun)
    rows: list[Row] = []
    grade_all(book, handins, SETTINGS, fake, rows)
    book.finish(LAB)
    return rows


def grade_all(
    book: Gradebook,
    handins: list[Handin],
    settings: Settings,
    fake: Fake,
    rows: list[Row],
) -> None:
    grade_class(
        book,
        handins,
        settings,
        fake,
        on_check=lambda answer: None,
        on_row=rows.append,
        log=lambda words: None,
    )


def states(book: Gradebook) -> dict[str, str]:
    return {row.student: row.state for row in book.grades(LAB).read()}


def test_everyone_has_a_row(book: Gradebook, folder: ClassFolder) -> None:
    rows = run(book, folder, Fake(problems="b"))
    assert len(rows) == 6
    assert states(book) == {
        **dict.fromkeys("acdef", "graded"),
        "b": "error",
        "empty": "unreadable",
        "z": "missing",
    }


def test_what_was_over_before_we_failed_is_kept_without_a_total(
    book: Gradebook, folder: ClassFolder
) -> None:
    run(book, folder, Fake(problems="b"))
    (row,) = (row for row in book.grades(LAB).read() if row.student == "b")
    assert row.report
    assert [check.outcome for check in row.report.checks] == ["passed", "error"]
    assert (row.state, row.earned) == ("error", None)


def test_a_stopped_run_goes_on_and_does_nothing_twice(book: Gradebook, folder: ClassFolder) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(book, folder, Fake(stops_after=2))
    assert sorted(states(book).values()).count("waiting") == 4
    second = Fake()
    run(book, folder, second)
    assert second.graded == list("cdef")
    third = Fake()
    run(book, folder, third)
    assert third.graded == []


def test_what_we_failed_on_is_tried_again_by_the_same_command(
    book: Gradebook, folder: ClassFolder
) -> None:
    run(book, folder, Fake(problems="b"))
    second = Fake()
    run(book, folder, second)
    assert second.graded == ["b"]
    assert states(book)["b"] == "graded"


def test_a_report_that_is_not_whole_is_no_grade(book: Gradebook, tmp_path: Path) -> None:
    write_folder(tmp_path / "class" / "half")
    write_folder(tmp_path / "class" / "a")
    found = find_handins(tmp_path / "class", wanted=WANTED, roster=Roster())
    run(book, found, Fake())
    (row,) = (row for row in book.grades(LAB).read() if row.student == "half")
    assert (row.state, row.earned) == ("error", None)


def test_an_engine_that_is_gone_stops_the_run(book: Gradebook, folder: ClassFolder) -> None:
    with pytest.raises(GraderError, match="6 submissions one after another could not be graded"):
        run(book, folder, Fake(problems="abcdef"))


def test_rerun_grades_again(book: Gradebook, folder: ClassFolder) -> None:
    run(book, folder, Fake())
    again = Fake()
    run(book, folder, again, rerun="c")
    assert again.graded == ["c"]
    every = Fake()
    run(book, folder, every, rerun="all")
    assert every.graded == list("abcdef")


def test_each_is_graded_with_own_values_and_another_s_are_named(
    book: Gradebook, folder: ClassFolder
) -> None:
    settings = replace(SETTINGS, secret=SECRET)
    fake = Fake()
    handins = enter_class(book, folder, settings)
    grade_all(book, handins, settings, fake, [])
    assert [work.personal for work in fake.works] == [values_of(name, SECRET) for name in "abcdef"]
    assert not enter_class(book, folder, settings)
    other = replace(SETTINGS, secret=SECRET + "x")
    assert [each.student for each in enter_class(book, folder, other)] == list("abcdef")
    assert [each.student for each in enter_class(book, folder, SETTINGS)] == list("abcdef")


def test_whose_values_a_failed_check_has_seen() -> None:
    tokens = {values_of(name, SECRET).token.encode(): name for name in "abc"}
    theirs, own = (f"{values_of(name, SECRET).token} x".encode() for name in "ba")

    def report(outcome: str, *sent: bytes) -> Report:
        steps = tuple(Step(1.0, "peer", same("receives"), data) for data in sent)
        return Report(LAB, "a", 1, (check("own", outcome, steps=steps),))

    assert values_in(report("failed", b"hello", theirs), tokens, "a") == "b"
    assert values_in(report("failed", own), tokens, "a") == ""
    assert values_in(report("passed", theirs), tokens, "a") == ""
