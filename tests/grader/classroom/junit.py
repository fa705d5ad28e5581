"""The class as JUnit XML, as pytest writes it: a suite for each submission. Pure.

Blocked is `skipped`, our fault is `error`. A suite without cases is a submission that has no
report; its `system-err` says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from grader.classroom.exports import File
from grader.classroom.progress import outcome_of
from grader.classroom.rows import Grades, Row
from grader.classroom.tables import utc_time
from grader.classroom.words import lines_of, steps_of
from grader.language import Language
from grader.result import CheckResult

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {"failed": "failure", "blocked": "skipped", "error": "error"}


def junit_xml(grades: Grades, language: Language) -> Iterator[File]:
    """Give one file for the whole class."""
    yield File(f"{grades.lab}.junit.xml", _document(grades, language))


def _document(grades: Grades, language: Language) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="socklab">\n'
    for row in grades.read():
        yield from _suite(grades.lab, row, language)
    yield "</testsuites>\n"


def _suite(lab: str, row: Row, language: Language) -> Iterator[str]:
    checks = row.report.checks if row.report else ()
    counts = {
        tag: sum(_TAGS.get(check.outcome) == tag for check in checks) for tag in _TAGS.values()
    }
    errors = counts["error"] + (row.state == "error" and not checks)
    yield (
        f"<testsuite name={_quoted(row.student)} hostname={_quoted(row.place)}"
        f' tests="{len(checks)}" failures="{counts["failure"]}" errors="{errors}"'
        f' skipped="{counts["skipped"]}" time="{row.duration_s:.3f}"'
        f" timestamp={_quoted(utc_time(row.ended_s).removesuffix('Z'))}>\n"
    )
    yield (
        f'<properties><property name="state" value={_quoted(row.state)}/>'
        f'<property name="earned" value={_quoted("" if row.earned is None else str(row.earned))}/>'
        f'<property name="content" value={_quoted(row.content)}/></properties>\n'
    )
    for check in checks:
        yield _case(f"{lab}.{row.student}", check, language)
    if not checks:
        yield f"<system-err>{_text(outcome_of(row).say(language))}</system-err>\n"
    yield "</testsuite>\n"


def _case(class_name: str, check: CheckResult, language: Language) -> str:
    head = (
        f"<testcase classname={_quoted(class_name)} name={_quoted(check.name)}"
        f' time="{check.duration_s:.3f}"'
    )
    tag = _TAGS.get(check.outcome)
    if tag is None:
        return f"{head}/>\n"
    lines = lines_of(check, language)
    message = _quoted(lines[0] if lines else "")
    text = "\n".join([check.title.say(language), *lines, *steps_of(check, language)])
    return f"{head}><{tag} message={message}>{_text(text)}</{tag}></testcase>\n"


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))
