"""What one check says to a student, as lines of plain text; and names for files. Pure."""

from __future__ import annotations

import hashlib
import re

from grader.language import Language
from grader.report import BLOCKED_BY, HINT, LOOK, SAW, UNTOLD, WANTED
from grader.result import CheckResult, our_fault


def lines_of(check: CheckResult, language: Language) -> list[str]:
    """Say why a check did not pass; nothing for one that did."""
    if check.outcome == "passed":
        return []
    if check.outcome == "error":
        return [our_fault(check.error).say(language)]
    if check.outcome == "blocked":
        return [BLOCKED_BY.fill(names=", ".join(check.blocked_by)).say(language)]
    lesson = check.lesson
    if lesson is None:
        return [UNTOLD.say(language)]
    told = ((SAW, lesson.saw), (WANTED, lesson.wanted), (HINT, lesson.hint), (LOOK, lesson.look))
    return [f"{label.say(language)}: {text.say(language)}" for label, text in told if text]


def steps_of(check: CheckResult, language: Language) -> list[str]:
    """Tell what was done, a line for each step."""
    first_s = check.steps[0].at_s if check.steps else 0.0
    return [
        f"{step.at_s - first_s:.3f} s {step.who} {step.what.say(language)}" for step in check.steps
    ]


def file_name(student: str) -> str:
    """Make a name that any file system takes, and no other student has."""
    plain = re.sub(r"[^\w.-]+", "_", student).strip("._")[:60]
    if plain == student:
        return plain
    return f"{plain}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:6]}"
