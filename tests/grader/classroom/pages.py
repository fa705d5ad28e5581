"""The report as HTML: a page for the class, one for each student; opened from disk, no network.

All that comes from a submission goes through Jinja's autoescape. A content security policy lets
no other script run than ours, so that a hole in that would still be shut.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.classroom import page_words
from grader.classroom.exchange import exchange_of
from grader.classroom.exports import File
from grader.classroom.overview import Overview, overview_of
from grader.classroom.progress import outcome_of
from grader.classroom.rows import Grades, Row
from grader.classroom.tables import utc_time
from grader.classroom.words import file_name
from grader.escaping import escape_text
from grader.language import Language, Text
from grader.report import BLOCKED_BY, HINT, LOOK, MARKS, SAW, UNTOLD, WANTED
from grader.result import CheckResult, our_fault

TEMPLATES = Path(__file__).parent / "templates"


def pages(grades: Grades, language: Language) -> Iterator[File]:
    """Give the class page and a page for each student that has handed in something."""
    environment = _environment(language)
    overview = overview_of(grades)
    yield File("html/index.html", _class_page(environment, overview))
    page = environment.get_template("student.html")
    for row in grades.read():
        if row.state != "missing":
            path = f"html/students/{file_name(row.student)}.html"
            yield File(path, [page.render(row=row, lab=grades.lab, outcome=outcome_of(row))])


def _class_page(environment: Environment, overview: Overview) -> Iterator[str]:
    return environment.get_template("class.html").generate(overview=overview)


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals.update(
        language=language,
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        script_hash=digest,
        words=page_words,
        marks={outcome: mark for outcome, (mark, _) in MARKS.items()},
        exchange_of=exchange_of,
        lesson_of=lesson_of,
        members_of=members_of,
        utc_time=utc_time,
    )
    environment.filters["shown"] = _shown
    return environment


def lesson_of(check: CheckResult) -> list[tuple[Text | None, Text]]:
    """Give what a check says, each line with its label."""
    if check.outcome == "error":
        return [(None, our_fault(check.error))]
    if check.outcome == "blocked":
        return [(None, BLOCKED_BY.fill(names=", ".join(check.blocked_by)))]
    lesson = check.lesson
    if lesson is None:
        return [(None, UNTOLD)] if check.outcome == "failed" else []
    told = ((SAW, lesson.saw), (WANTED, lesson.wanted), (HINT, lesson.hint), (LOOK, lesson.look))
    return [(label, text) for label, text in told if text]


def members_of(row: Row) -> str:
    """Name whose a group's submission is, or a student by the roster's name."""
    return row.name


def _shown(words: str) -> str:
    """Escape what is not plainly readable, such as signs that turn the direction of a line."""
    return escape_text(words, keep="\n")
