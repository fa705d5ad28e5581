"""The report as HTML (placeholder)."""

from __future__ import annotations

from collections.abc import Iterator

from grader.classroom.exports import File
from grader.classroom.rows import Grades
from grader.language import Language


def pages(grades: Grades, language: Language) -> Iterator[File]:
    """Give nothing yet."""
    yield from ()
