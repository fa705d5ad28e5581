"""What is written stays; the same command does what is left, and nothing twice."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.gradebook import Entry, Gradebook, open_gradebook
from grader.classroom.rows import Row
from grader.errors import GraderError, UsageError
from unit.classroom.samples import HALF, LAB, LOST, MISSING, ROWS, SPOILT, UNREADABLE, WHOLE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gradebook.sqlite"


@pytest.fixture
def book(path: Path) -> Iterator[Gradebook]:
    with open_gradebook(path) as opened:
        opened.seed(LAB, 42)
        yield opened


def entry(row: Row) -> Entry:
    content = None if row.state == "missing" else row.content
    return Entry(row.student, row.members, content, row.notes)


def fill(book: Gradebook, *rows: Row) -> None:
    book.enter(LAB, [entry(row) for row in rows])
    for row in rows:
        if row.state not in ("missing", "waiting"):
            book.write(LAB, row)


def test_a_file_that_is_no_gradebook(path: Path) -> None:
    path.write_text("something else " * 100)
    with pytest.raises(GraderError, match="cannot be used as a gradebook"), open_gradebook(path):
        pass


def test_rows_come_back_as_they_were(path: Path, book: Gradebook) -> None:
    fill(book, *ROWS)
    with open_gradebook(path) as again:
        assert again.labs() == [LAB]
        back = {row.student: row for row in again.grades(LAB).read()}
    assert back == {row.student: row for row in ROWS}
    assert list(back) == sorted(back)


def test_what_is_left_to_do(book: Gradebook) -> None:
    fill(book, *ROWS)
    assert book.todo(LAB) == {"waiting", "spoilt", "half"}


def test_a_new_content_is_graded_and_the_old_row_is_back_with_the_old_content(
    book: Gradebook,
) -> None:
    fill(book, WHOLE)
    book.enter(LAB, [replace(entry(WHOLE), content="new")])
    assert book.todo(LAB) == {WHOLE.student}
    assert [row.state for row in book.grades(LAB).read()] == ["waiting"]
    book.enter(LAB, [entry(WHOLE)])
    assert book.todo(LAB) == set()


def test_who_left_the_class_is_not_listed(book: Gradebook) -> None:
    fill(book, WHOLE, LOST)
    book.enter(LAB, [entry(WHOLE)])
    assert [row.student for row in book.grades(LAB).read()] == [WHOLE.student]


def test_another_lab_is_another_table(book: Gradebook) -> None:
    fill(book, WHOLE)
    book.enter("lab2", [entry(WHOLE)])
    assert book.todo("lab2") == {WHOLE.student}
    assert book.todo(LAB) == set()


def test_the_seed_stays(book: Gradebook) -> None:
    assert book.seed(LAB, 7) == 42


@pytest.mark.parametrize(
    ("rerun", "again"),
    [
        ("all", {"张三", LOST.student, "empty", "spoilt", "half"}),
        ("failed", {LOST.student, "empty", "spoilt", "half"}),
        ("changed", {"spoilt", "half", "empty"}),
        ("张三", {"张三", "spoilt", "half"}),
    ],
)
def test_rerun(book: Gradebook, rerun: str, again: set[str]) -> None:
    changed = replace(UNREADABLE, checks="v0")
    fill(book, WHOLE, LOST, changed, SPOILT, HALF, MISSING)
    assert book.outdated(LAB, checks="v1", seed=42) == 1
    book.ask_again(LAB, rerun, checks="v1", seed=42)
    assert book.todo(LAB) == again


def test_rerun_of_nobody(book: Gradebook) -> None:
    fill(book, WHOLE, MISSING)
    for name in ("x", "nobody"):
        with pytest.raises(UsageError, match="No submission is by"):
            book.ask_again(LAB, name, checks="v1", seed=42)


def test_a_rerun_that_was_stopped_does_nothing_twice(path: Path, book: Gradebook) -> None:
    fill(book, WHOLE, LOST)
    book.ask_again(LAB, "all", checks="v1", seed=42)
    book.write(LAB, WHOLE)
    with open_gradebook(path) as again:  # the first was killed here
        again.ask_again(LAB, "all", checks="v1", seed=42)
        assert again.todo(LAB) == {LOST.student}
        again.write(LAB, LOST)
        again.finish(LAB)
        again.ask_again(LAB, "all", checks="v1", seed=42)
        assert again.todo(LAB) == {WHOLE.student, LOST.student}


def test_a_full_disk_is_our_fault_and_loses_nothing(path: Path, book: Gradebook) -> None:
    fill(book, WHOLE)
    book._connection.execute("PRAGMA max_page_count = 1")
    huge = replace(LOST, student="x" * 200_000)
    with pytest.raises(GraderError, match=r"full.*make room"):
        book.write(LAB, huge)
    with open_gradebook(path) as again:
        assert list(again.grades(LAB).read()) == [WHOLE]


def test_a_row_is_on_disk_the_moment_it_is_written(path: Path, book: Gradebook) -> None:
    fill(book, WHOLE)
    other = sqlite3.connect(path)
    assert other.execute("SELECT student, earned FROM result").fetchall() == [("张三", 2)]
    other.close()


def test_other_values_are_graded_anew_and_the_old_row_stays(book: Gradebook) -> None:
    first = replace(WHOLE, personal="k1")
    book.enter(LAB, [replace(entry(WHOLE), personal="k1")])
    book.write(LAB, first)
    book.enter(LAB, [replace(entry(WHOLE), personal="k2")])
    assert book.todo(LAB) == {WHOLE.student}
    second = replace(WHOLE, personal="k2", values_of="李四")
    book.write(LAB, second)
    assert list(book.grades(LAB).read()) == [second]
    book.enter(LAB, [replace(entry(WHOLE), personal="k1")])
    assert list(book.grades(LAB).read()) == [first]


def test_everybody_that_values_may_be_of(book: Gradebook) -> None:
    fill(book, *ROWS)
    assert {"A", "张三", "nobody"} <= book.names(LAB)
    assert "" not in book.names(LAB)
