"""The gradebook: one SQLite file, written the moment a submission ends, whatever happens then."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.roster import Student
from grader.classroom.rows import Grades, Row
from grader.errors import GraderError, UsageError
from grader.language import Text, read_text
from grader.result_json import as_json, read_json

FILE = "gradebook.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS lab (name TEXT PRIMARY KEY, seed INTEGER NOT NULL, rerun TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS submission (  -- who is in the class now; content is NULL: missing
    lab TEXT, student TEXT, members TEXT NOT NULL, notes TEXT NOT NULL, content TEXT,
    personal TEXT NOT NULL,  -- the key of the student's own values; empty without such
    PRIMARY KEY (lab, student));
CREATE TABLE IF NOT EXISTS result (
    lab TEXT, student TEXT, content TEXT, personal TEXT NOT NULL,
    checks TEXT NOT NULL, seed INTEGER NOT NULL,
    state TEXT NOT NULL, earned INTEGER, possible INTEGER, ended_s REAL NOT NULL,
    duration_s REAL NOT NULL, place TEXT NOT NULL, problem TEXT, report BLOB,
    values_of TEXT NOT NULL,  -- whose values the program has, if these are another student's
    again INTEGER NOT NULL DEFAULT 0,  -- 1: --rerun has asked for it, it is not done yet
    PRIMARY KEY (lab, student, content, personal));
"""


@dataclass(frozen=True)
class Entry:
    """A submission of the class as it lies there now; without content for who has none."""

    student: str
    members: tuple[Student, ...]
    content: str | None
    notes: tuple[Text, ...] = ()
    personal: str = ""


class Gradebook:
    """Rows of any number of labs. All changes are whole: what was written survives `kill -9`.

    Raises GraderError where the file cannot be written, such as on a full disk.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def seed(self, lab: str, wanted: int) -> int:
        """Give the seed that the lab's submissions have had; the wanted one if there is none."""
        with self._changes() as change:
            change.execute("INSERT OR IGNORE INTO lab VALUES (?, ?, '')", (lab, wanted))
        found = self._connection.execute("SELECT seed FROM lab WHERE name = ?", (lab,))
        return int(found.fetchone()[0])

    def enter(self, lab: str, entries: Sequence[Entry]) -> None:
        """Set who is in the class. Results of who is not any more are kept, but not listed."""
        with self._changes() as change:
            change.execute("DELETE FROM submission WHERE lab = ?", (lab,))
            change.executemany(
                "INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        lab,
                        entry.student,
                        _dump([[one.id, one.name, one.group] for one in entry.members]),
                        _dump([vars(note) for note in entry.notes]),
                        entry.content,
                        entry.personal,
                    )
                    for entry in entries
                ],
            )

    def ask_again(self, lab: str, rerun: str, *, checks: str, seed: int) -> None:
        """Note whose results are to be made anew: `failed`, `changed`, `all`, or a student's name.

        A run that was stopped goes on with what it had left of the same wish. Raises UsageError
        for a name that has no submission.
        """
        found = self._connection.execute("SELECT rerun FROM lab WHERE name = ?", (lab,))
        if found.fetchone() == (rerun,):
            return
        which: dict[str, tuple[str, tuple[object, ...]]] = {
            "all": ("1", ()),
            "failed": ("(earned IS NULL OR possible IS NULL OR earned < possible)", ()),
            "changed": ("(checks != ? OR seed != ?)", (checks, seed)),
        }
        condition, values = which.get(rerun, ("student = ?", (rerun,)))
        if rerun not in which and not self._has_student(lab, rerun):
            raise UsageError(NOBODY.fill(name=rerun))
        with self._changes() as change:
            change.execute(
                f"UPDATE result SET again = 1 WHERE lab = ? AND {condition}",  # noqa: S608 - ours
                (lab, *values),
            )
            change.execute("UPDATE lab SET rerun = ?, seed = ? WHERE name = ?", (rerun, seed, lab))

    def todo(self, lab: str) -> set[str]:
        """Name the students whose submission has no result yet, or is to get a new one."""
        found = self._connection.execute(
            "SELECT s.student FROM submission s"
            " LEFT JOIN result r USING (lab, student, content, personal)"
            " WHERE lab = ? AND s.content IS NOT NULL"
            " AND (r.state IS NULL OR r.state = 'error' OR r.again)",
            (lab,),
        )
        return {str(student) for (student,) in found}

    def outdated(self, lab: str, *, checks: str, seed: int) -> int:
        """Count the results that other checks, or the same with another seed, have given."""
        found = self._connection.execute(
            "SELECT count(*) FROM submission JOIN result USING (lab, student, content, personal)"
            " WHERE lab = ? AND (checks != ? OR seed != ?)",
            (lab, checks, seed),
        )
        return int(found.fetchone()[0])

    def write(self, lab: str, row: Row) -> None:
        """Write one result, instead of an earlier one of the same content."""
        report = row.report
        packed = zlib.compress(_dump(as_json(report)).encode()) if report else None
        with self._changes() as change:
            change.execute(
                "INSERT OR REPLACE INTO result"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (
                    lab,
                    row.student,
                    row.content,
                    row.personal,
                    row.checks,
                    row.seed,
                    row.state,
                    row.earned,
                    report.possible if report else None,
                    row.ended_s,
                    row.duration_s,
                    row.place,
                    _dump(vars(row.problem)) if row.problem else None,
                    packed,
                    row.values_of,
                ),
            )

    def finish(self, lab: str) -> None:
        """Note that the run is over, so that the same --rerun means a new one."""
        with self._changes() as change:
            change.execute("UPDATE lab SET rerun = '' WHERE name = ?", (lab,))

    def labs(self) -> list[str]:
        """Name the labs that have rows."""
        found = self._connection.execute("SELECT DISTINCT lab FROM submission ORDER BY lab")
        return [str(lab) for (lab,) in found]

    def grades(self, lab: str) -> Grades:
        """Give the rows of a class, by student."""
        return Grades(lab, lambda: self._rows(lab))

    def names(self, lab: str) -> set[str]:
        """Name everybody in the class that values may be of: students and groups."""
        found = self._connection.execute(
            "SELECT student, members FROM submission WHERE lab = ?", (lab,)
        )
        everybody = {
            name
            for student, members in found
            for name in (student, *(group for _, _, group in json.loads(members)))
        }
        return everybody - {""}

    def _rows(self, lab: str) -> Iterator[Row]:
        found = self._connection.execute(
            "SELECT student, members, notes, content, checks, seed, state, ended_s, duration_s,"
            " place, problem, report, personal, values_of"
            " FROM submission LEFT JOIN result USING (lab, student, content, personal)"
            " WHERE lab = ? ORDER BY student",
            (lab,),
        )
        for student, members, notes, content, checks, seed, state, *rest in found:
            ended_s, duration_s, place, problem, report, personal, values_of = rest
            row = Row(
                student=student,
                members=tuple(Student(*one) for one in json.loads(members)),
                state="missing" if content is None else "waiting",
                content=content or "",
                notes=tuple(read_text(note) for note in json.loads(notes)),
                personal=personal,
            )
            if state is None:
                yield row
                continue
            yield Row(
                row.student,
                row.members,
                state,
                row.content,
                checks,
                seed,
                report=read_json(json.loads(zlib.decompress(report))) if report else None,
                problem=read_text(json.loads(problem)) if problem else None,
                notes=row.notes,
                ended_s=ended_s,
                duration_s=duration_s,
                place=place,
                personal=personal,
                values_of=values_of,
            )

    def _has_student(self, lab: str, student: str) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM submission WHERE lab = ? AND student = ? AND content IS NOT NULL",
            (lab, student),
        )
        return found.fetchone() is not None

    @contextmanager
    def _changes(self) -> Iterator[sqlite3.Connection]:
        """Make several changes one; none of them is there if that fails."""
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
        except sqlite3.Error as problem:
            raise GraderError(NOT_WRITTEN.fill(problem=str(problem))) from problem


@contextmanager
def open_gradebook(path: Path) -> Iterator[Gradebook]:
    """Open or create a gradebook. Raises GraderError for a file that is none."""
    connection = None
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_SCHEMA)
        yield Gradebook(connection)
    except sqlite3.Error as problem:
        raise GraderError(NO_GRADEBOOK.fill(path=str(path), problem=str(problem))) from problem
    finally:
        if connection:
            connection.close()


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


NOBODY = Text("No submission is by {name}", "没有 {name} 的提交")
NOT_WRITTEN = Text(
    "The gradebook cannot be written: {problem}. What is in it stays; make room and type the same"
    " command again",
    "无法写入成绩册：{problem}。已有的成绩不会丢失；腾出空间后再次输入同一条命令",
)
NO_GRADEBOOK = Text(
    "{path} cannot be used as a gradebook: {problem}", "{path} 不能用作成绩册：{problem}"
)
