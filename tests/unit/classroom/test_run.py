"""A class is graded, whatever becomes of a submission, and goes on where it was stopped."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cluster import Outcome
from grader.classroom.gradebook import Gradebook, open_gradebook
from grader.classroom.handins import ClassFolder, find_handins
from grader.classroom.roster import Roster, Student
from grader.classroom.rows import Row
from grader.classroom.run import Settings, enter_class, grade_class
from grader.classroom.work import Graded, Work
from grader.errors import GraderError
from grader.grading import Lab
from grader.language import same
from grader.result import Report
from grader.result_json import as_json
from unit.classroom.samples import HALF, LAB, PASSED
from unit.submissions import WANTED, write_folder

SETTINGS = Settings(Lab(LAB, Path(), WANTED, ()), checks="v1", seed=1)


class Fake:
    """Passes every submission but those with a problem; is stopped after some."""

    jobs = 2

    def __init__(self, *, problems: Iterable[str] = (), stops_after: int = 99) -> None:
        self.graded: list[str] = []
        self._problems = set(problems)
        self._stops_after = stops_after

    def grade(
        self, works: Iterable[Work], on_check: Callable[[dict[str, Any]], None]
    ) -> Iterator[Outcome]:
        for work in works:
            if len(self.graded) == self._stops_after:
                raise KeyboardInterrupt
            self.graded.append(work.student)
            if work.student in self._problems:
                yield Outcome(work, problem=same("it died"), log="why")
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
    grade_class(
        book,
        handins,
        SETTINGS,
        fake,
        on_check=lambda answer: None,
        on_row=rows.append,
        log=lambda words: None,
    )
    book.finish(LAB)
    return rows


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
