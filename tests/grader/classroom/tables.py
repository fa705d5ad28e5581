"""The class as CSV, for a spreadsheet or an LMS's gradebook, and as JSON, for programs. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from grader.classroom.exports import File
from grader.classroom.progress import outcome_of
from grader.classroom.rows import Grades, Row
from grader.language import Language, Text
from grader.result_json import as_json

SCHEMA = "socklab/grades/v1"
_BEFORE = ("student", "name", "group", "state", "earned", "possible")
_AFTER = ("notes", "problem", "graded_at", "seconds", "seed", "checks", "content", "place")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(grades: Grades, language: Language) -> Iterator[File]:
    """Give a row for each student, members of a group one each; a column for each check.

    The points that a check earned, empty where it gave none or the grader failed. In UTF-8 with a
    byte order mark, which spreadsheets need to read Chinese names.
    """
    yield File(f"{grades.lab}.csv", _csv(grades, language))


def json_document(grades: Grades, language: Language) -> Iterator[File]:
    """Give everything: each submission with its whole report, texts in both languages."""
    yield File(f"{grades.lab}.json", _json(grades))


def utc_time(seconds: float) -> str:
    """Write a time as 2026-11-28T09:30:00Z; empty for none."""
    if not seconds:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _csv(grades: Grades, language: Language) -> Iterator[str]:
    columns = [column.name for column in grades.columns]
    possible = grades.possible
    yield "\ufeff" + csv_line([*_BEFORE, *columns, *_AFTER])
    for row in grades.read():
        checks = {check.name: check for check in row.report.checks} if row.report else {}
        points: list[object] = []
        for name in columns:
            check = checks.get(name)
            points.append(check.earned if check and check.outcome != "error" else "")
        earned = "" if row.earned is None else row.earned
        after = [
            " · ".join(note.say(language) for note in (*row.notes, *row.remarks)),
            "" if row.state == "graded" else outcome_of(row).say(language),
            utc_time(row.ended_s),
            f"{row.duration_s:.2f}" if row.duration_s else "",
            row.seed if row.ended_s else "",
            row.checks,
            row.content,
            row.place,
        ]
        for one in row.members:
            before = [one.id, one.name, one.group, row.state, earned, possible]
            yield csv_line([*before, *points, *after])


def csv_line(values: Iterable[object]) -> str:
    """Write a line of CSV that no spreadsheet takes for formulas."""
    written = io.StringIO()
    csv.writer(written).writerow([_harmless(value) for value in values])
    return written.getvalue()


def _harmless(value: object) -> object:
    """Keep a spreadsheet from taking a name for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _json(grades: Grades) -> Iterator[str]:
    checks = [
        {"name": one.name, "title": vars(one.title), "points": one.points, "hidden": one.hidden}
        for one in grades.columns
    ]
    head = {"schema": SCHEMA, "lab": grades.lab, "possible": grades.possible, "checks": checks}
    written = json.dumps(head, ensure_ascii=False)
    yield f'{written[:-1]}, "submissions": ['
    separator = "\n"
    for row in grades.read():
        yield separator + json.dumps(row_document(row), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def row_document(row: Row) -> dict[str, Any]:
    """Make plain values of a row."""
    return {
        "student": row.student,
        "members": [vars(one) for one in row.members],
        "state": row.state,
        "earned": row.earned,
        "graded_at": utc_time(row.ended_s) or None,
        "duration_s": row.duration_s,
        "seed": row.seed,
        "checks": row.checks,
        "content": row.content,
        "place": row.place,
        "notes": _texts(row.notes),
        "values_of": row.values_of or None,
        "problem": vars(row.problem) if row.problem else None,
        "report": as_json(row.report) if row.report else None,
    }


def _texts(texts: Sequence[Text]) -> list[dict[str, str]]:
    return [vars(text) for text in texts]
