"""A file for each submission, as Gradescope, Classroom 50 and check50 take them. Pure.

None for who has handed in nothing, and none for a submission that the grader has failed on: these
formats have no word for that, and a 0 would be taken for the student's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from grader.classroom.exports import File
from grader.classroom.progress import outcome_of
from grader.classroom.rows import FINISHED, Column, Grades, Row
from grader.classroom.tables import utc_time
from grader.classroom.words import file_name, lines_of, steps_of
from grader.language import Language
from grader.result import CheckResult

_STATUS = {"passed": "passed", "failed": "failed", "blocked": "failed"}
CHECK50_VERSION = "4.0.0"  # whose result this is like


def gradescope(grades: Grades, language: Language) -> Iterator[File]:
    """Give results.json files: points as they are, all checks visible, hidden ones untold."""
    for row in _finished(grades):
        tests = [
            {
                "name": check.title.say(language),
                "name_format": "text",
                "number": str(number),
                "score": check.earned,
                "max_score": check.points,
                "status": _STATUS[check.outcome],
                "output": "\n".join(lines_of(check, language)),
                "output_format": "text",
                "visibility": "visible",
                "tags": [check.name],
                "extra_data": {},
            }
            for number, check in enumerate(_checks(row), start=1)
        ]
        document = {
            "score": row.earned,
            "execution_time": row.duration_s,
            "output": _said(row, language),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "extra_data": {"content": row.content, "checks": row.checks, "seed": row.seed},
            "tests": tests,
        }
        yield _file("gradescope", row, document)


def classroom50(
    grades: Grades, language: Language, environment: Mapping[str, str] = os.environ
) -> Iterator[File]:
    """Give result.json files. Points become integers; where they are none, all are scaled alike.

    What Classroom 50 tells a grader by its environment is taken from there.
    """
    columns = grades.columns
    scale = scale_of([column.points for column in columns])
    possible = scale * grades.possible
    told = environment.get
    for row in _finished(grades):
        tests = [_classroom50_test(check, scale, language) for check in _checks(row)]
        if not tests:
            tests = [_not_passed(column, scale, row, language) for column in columns]
        document = {
            "schema": "classroom50/result/v1",
            "classroom": told("CLASSROOM", ""),
            "assignment": told("ASSIGNMENT", grades.lab),
            "assignment_type": told(
                "ASSIGNMENT_TYPE", "group" if len(row.members) > 1 else "individual"
            ),
            "owner": told("OWNER") or told("USERNAME") or row.student,
            "submission": told("SUBMISSION_TAG", f"submit/{row.content[:12]}"),
            "commit": told("COMMIT_URL", ""),
            "release": told("RELEASE_URL", ""),
            "review": told("REVIEW_URL", ""),
            "datetime": utc_time(row.ended_s),
            "score": int((row.earned or 0) * scale),
            "max-score": int(possible),
            "tests": tests,
        }
        yield _file("classroom50", row, document)


def check50(grades: Grades, language: Language) -> Iterator[File]:
    """Give what `check50 --output json` prints: null where a check could not be run."""
    for row in _finished(grades):
        document: dict[str, Any] = {"slug": f"socklab/{grades.lab}", "version": CHECK50_VERSION}
        if row.report:
            document["results"] = [_check50_result(check, language) for check in _checks(row)]
        else:
            document["error"] = {
                "type": "Unreadable",
                "value": outcome_of(row).say(language),
                "traceback": [],
                "actions": {},
                "data": {},
            }
        yield _file("check50", row, document)


def scale_of(points: Sequence[int | float | Fraction]) -> int:
    """Give the smallest number that makes all points whole: 1 where they are."""
    denominators = [Fraction(one).limit_denominator(1000).denominator for one in points]
    return lcm(*denominators) if denominators else 1


def _finished(grades: Grades) -> Iterator[Row]:
    return (row for row in grades.read() if row.state in FINISHED)


def _checks(row: Row) -> tuple[CheckResult, ...]:
    return row.report.checks if row.report else ()


def _said(row: Row, language: Language) -> str:
    return "\n".join([outcome_of(row).say(language), *(note.say(language) for note in row.notes)])


def _classroom50_test(check: CheckResult, scale: int, language: Language) -> dict[str, Any]:
    return {
        "test-name": check.title.say(language),
        "passed": check.outcome == "passed",
        "score": int(check.earned * scale),
        "max-score": int(check.points * scale),
        "check": check.name,
        "output": "\n".join(lines_of(check, language)),
        "points-are-times": scale,
    }


def _not_passed(column: Column, scale: int, row: Row, language: Language) -> dict[str, Any]:
    return {
        "test-name": column.title.say(language),
        "passed": False,
        "score": 0,
        "max-score": int(column.points * scale),
        "check": column.name,
        "output": outcome_of(row).say(language),
        "points-are-times": scale,
    }


def _check50_result(check: CheckResult, language: Language) -> dict[str, Any]:
    lines = lines_of(check, language)
    cause: dict[str, Any] | None = None
    if check.outcome != "passed":
        cause = {"rationale": lines[0], "help": "\n".join(lines[1:]) or None}
    return {
        "name": check.name.replace("-", "_"),
        "description": check.title.say(language),
        "passed": {"passed": True, "failed": False}.get(check.outcome),
        "log": steps_of(check, language),
        "cause": cause,
        "data": {"points": check.points},
        "dependency": check.blocked_by[0].replace("-", "_") if check.blocked_by else None,
    }


def _file(folder: str, row: Row, document: Mapping[str, Any]) -> File:
    written = json.dumps(document, ensure_ascii=False, indent=1)
    return File(f"{folder}/{file_name(row.student)}.json", [written, "\n"])
