"""Who is in the class and in which group: a CSV file, such as a spreadsheet saves it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations

from grader.classroom.names import same_person, words_of
from grader.errors import UsageError
from grader.language import Text

FIELD_LIMIT = 200
SHORTEST_ID = 3  # that counts within a longer name: the 1 of `lab 1` is nobody's
_ID = ("id", "student", "studentid", "username", "login", "sisloginid", "学号", "账号", "用户名")
_NAME = ("name", "fullname", "studentname", "姓名", "名字")
_GROUP = ("group", "team", "groupname", "组", "小组", "组别", "分组")
_WORDS_OF_NAME = 4  # of longer names not all orders are tried


@dataclass(frozen=True)
class Student:
    """One row. `id` is unique; `group` is empty for who works alone."""

    id: str
    name: str = ""
    group: str = ""


@dataclass(frozen=True)
class Roster:
    """The class. Without a roster file it is empty, and every submission is its own student's."""

    students: tuple[Student, ...] = ()

    def find(self, name: str, number: str = "") -> Student | None:
        """Find whose a submission is, by the name and number that it came with; None if unclear."""
        wanted = {same_person(name)} | ({number} if number else set())
        exact = [one for one in self.students if wanted & _spellings(one)]
        if len(exact) == 1:
            return exact[0]
        words = set(words_of(name))
        ids = {word for word in words if len(word) >= SHORTEST_ID}
        close = [one for one in self.students if same_person(one.id) in ids]
        close = close or [one for one in self.students if one.name and _name_in(one.name, words)]
        return close[0] if len(close) == 1 else None

    def group(self, name: str) -> str | None:
        """Find a group by its name."""
        wanted = same_person(name)
        return next((one.group for one in self.students if same_person(one.group) == wanted), None)

    def members(self, group: str) -> tuple[Student, ...]:
        """Give the students of a group."""
        return tuple(one for one in self.students if one.group == group)


def read_roster(data: bytes, *, path: str) -> Roster:
    """Read a roster in UTF-8, UTF-16 or GB18030, with or without a line of titles.

    Raises UsageError for an empty one, and for one that has the same student twice.
    """
    text = _decode(data)
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = [
            [field.strip() for field in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as problem:
        raise UsageError(NO_CSV.fill(path=path, problem=str(problem))) from None
    rows = [row for row in rows if any(row)]
    columns = _columns(rows[0]) if rows else None
    students = [_student(row, columns) for row in (rows[1:] if columns else rows)]
    students = [student for student in students if student.id]
    if not students:
        raise UsageError(EMPTY.fill(path=path))
    seen: set[str] = set()
    for student in students:
        if same_person(student.id) in seen:
            raise UsageError(TWICE.fill(path=path, student=student.id))
        seen.add(same_person(student.id))
    return Roster(tuple(students))


def _student(row: Sequence[str], columns: dict[str, int] | None) -> Student:
    places = columns or {"id": 0, "name": 1, "group": 2}
    id_, name, group = (
        row[places[key]][:FIELD_LIMIT] if key in places and places[key] < len(row) else ""
        for key in ("id", "name", "group")
    )
    return Student(id_ or name, name, group)


def _columns(titles: Sequence[str]) -> dict[str, int] | None:
    """Find the columns by their titles; None if the first row is a student already."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        plain = "".join(words_of(title))
        for key, known in (("id", _ID), ("name", _NAME), ("group", _GROUP)):
            if plain in known:
                found.setdefault(key, place)
    return found if "id" in found or "name" in found else None


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


def _spellings(student: Student) -> set[str]:
    """Give the forms of an id and a name: Canvas writes `Li Si` as lisi or sili."""
    words = words_of(student.name)
    orders: Iterable[Sequence[str]] = permutations(words) if len(words) <= _WORDS_OF_NAME else ()
    return {same_person(student.id), same_person(student.name), *map("".join, orders)} - {""}


def _name_in(name: str, words: set[str]) -> bool:
    return same_person(name) in words or set(words_of(name)) <= words


NO_CSV = Text("{path} cannot be read as CSV: {problem}", "{path} 不是有效的 CSV 文件：{problem}")
EMPTY = Text(
    "{path} names no students: a row each, with the columns id, name, group",
    "{path} 里没有学生：每人一行，列为 id、name、group（学号、姓名、小组）",
)
TWICE = Text("{path} has {student} twice", "{path} 中 {student} 出现了两次")
