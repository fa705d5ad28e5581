"""From the exception that ended a check to its outcome: whose fault was it?"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from grader.checks import Check
from grader.errors import CheckFailed, GraderError
from grader.language import Text, same
from grader.lesson import Lesson
from grader.result import Outcome


@dataclass(frozen=True)
class Verdict:
    """How a check ended."""

    outcome: Outcome
    lesson: Lesson | None = None
    error: Text | None = None


PASSED = Verdict("passed")


def judge(check: Check, raised: BaseException | None) -> Verdict:
    """Tell the outcome. Only CheckFailed and a failed assert are the student's."""
    match raised:
        case None:
            return PASSED
        case CheckFailed():
            return Verdict("failed", lesson=raised.lesson)
        case AssertionError() | pytest.fail.Exception():
            return Verdict("failed", lesson=_lesson_of_assertion(check, raised))
        case GraderError():
            return Verdict("error", error=raised.text)
        case pytest.skip.Exception():
            return Verdict("error", error=Text("the check was skipped", "检查被跳过"))
    return Verdict(
        "error",
        error=Text("{kind} in the check itself", "检查程序自身出现 {kind}").fill(
            kind=type(raised).__name__
        ),
    )


def _lesson_of_assertion(check: Check, raised: BaseException) -> Lesson:
    """Make the best of a plain `assert`: what pytest says of its values, on one line."""
    words = " ".join(str(raised).split()) or "assert"
    return Lesson(
        saw=same("{words}").fill(words=words[:300]),
        wanted=check.title,
    )
