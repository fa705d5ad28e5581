"""scripts/grade LAB --whoami: a student's values, or those of the whole class as CSV."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from grader.classroom.roster import Roster, Student, read_roster
from grader.classroom.tables import csv_line
from grader.command_line import PROGRAM
from grader.errors import UsageError
from grader.language import Language, Text
from grader.personal import Values, values_of
from grader.secret import read_secret

EVERYONE = "all"
_COLUMNS = ("id", "name", "group", "port", "token", "payload", "values")


def whoami(arguments: Namespace, language: Language) -> None:
    """Print what the command asks for. Raises UsageError."""
    secret = read_secret(arguments.personal)
    roster = open_roster(arguments.roster) if arguments.roster else Roster()
    if arguments.whoami != EVERYONE:
        told = tell(arguments.whoami, roster, secret, lab=arguments.lab, language=language)
        print("\n".join(told))
        return
    if not roster.students:
        raise UsageError(NO_ROSTER)
    if not sys.stdout.isatty():
        sys.stdout.write("\ufeff")  # spreadsheets need it to read Chinese names
    sys.stdout.writelines(table(roster, secret))


def open_roster(path: Path) -> Roster:
    """Read a roster from a file. Raises UsageError."""
    try:
        return read_roster(path.read_bytes(), path=str(path))
    except OSError as problem:
        why = str(problem.strerror)
        raise UsageError(UNREADABLE.fill(path=str(path), problem=why)) from None


def tell(name: str, roster: Roster, secret: str, *, lab: str, language: Language) -> Iterator[str]:
    """Give the lines about one student. Raises UsageError for who is not in the roster."""
    student = roster.find(name)
    listed = (listed_as(student) if student else roster.group(name)) if roster.students else name
    if not listed:
        raise UsageError(NOBODY.fill(name=name))
    values = values_of(listed, secret)
    yield listed
    for label, value in ((PORT, values.port), (TOKEN, values.token), (PAYLOAD, values.payload)):
        yield f"  {label.say(language)}  {value}"
    yield TRY.fill(command=f'{PROGRAM} {lab} --values "{values}"').say(language)


def table(roster: Roster, secret: str) -> Iterator[str]:
    """Give the class as CSV, a line for each student; a group has the same values."""
    yield csv_line(_COLUMNS)
    for one in roster.students:
        values: Values = values_of(listed_as(one), secret)
        own = (values.port, values.token, values.payload, str(values))
        yield csv_line([one.id, one.name, one.group, *own])


def listed_as(student: Student) -> str:
    """Say whom a student's submission is listed as, and so whose values count."""
    return student.group or student.id


PORT = Text("port   ", "端口")
TOKEN = Text("token  ", "令牌")
PAYLOAD = Text("payload", "文本")
TRY = Text("To grade a program with them: {command}", "用这组参数检查程序：{command}")
NOBODY = Text("The roster has no {name}", "名单里没有 {name}")
NO_ROSTER = Text(
    "Whose values? Name the class: --whoami all --roster FILE",
    "要列出谁的参数？请给出班级名单：--whoami all --roster FILE",
)
UNREADABLE = Text("{path} cannot be read: {problem}", "无法读取 {path}：{problem}")
