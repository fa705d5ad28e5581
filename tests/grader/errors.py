"""Whose fault it is: the student's, the grader's, or that of the person who typed the command."""

from __future__ import annotations

from grader.language import Text, same
from grader.lesson import Lesson


class CheckFailed(Exception):  # noqa: N818 - it is no error: the check did its work
    """The submission did not do what the check wants. Costs the points of this check."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(lesson.saw.en)
        self.lesson = lesson


class GraderError(Exception):
    """The grader failed, not the submission. Costs no points; exit status 3.

    The message says what failed and, where there is something to do, what to type next. A `str`
    is for what only an author of the grader can act on (it is shown in both languages).
    """

    def __init__(self, message: Text | str) -> None:
        self.text = same(message) if isinstance(message, str) else message
        super().__init__(self.text.en)


class UsageError(Exception):
    """The command or the submission's path is wrong. Says what to type instead; status 2."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.text = message
