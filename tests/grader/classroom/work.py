"""What travels to a worker and back: a submission with what to do, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.language import Text

LIMIT_S = 300.0  # all checks of a lab that all take their time are far from it


@dataclass(frozen=True)
class Work:
    """One submission to grade. Everything but the checks themselves travels along.

    `checks` is the version they have to have, `hidden` a folder at the worker, `has_next` tells
    that fresh hosts can be started for another submission meanwhile.
    """

    lab: str
    student: str
    archive: bytes = field(repr=False)
    notes: tuple[Text, ...]
    seed: int
    checks: str
    hidden: str = ""
    limit_s: float = LIMIT_S
    has_next: bool = False

    def as_request(self) -> dict[str, Any]:
        """Give what the grading process is told, but for the archive."""
        return {
            "lab": self.lab,
            "student": self.student,
            "notes": [vars(note) for note in self.notes],
            "seed": self.seed,
            "checks": self.checks,
            "hidden": self.hidden,
            "has_next": self.has_next,
        }


@dataclass(frozen=True)
class Graded:
    """The report as JSON, what a maintainer should read, and where and how long it took."""

    document: bytes = field(repr=False)
    log: str
    place: str
    duration_s: float


class NotGraded(Exception):  # noqa: N818 - it says what happened
    """The grader failed before there was a report. Both languages are in `args`: it travels."""

    def __init__(self, en: str, zh: str, log: str = "") -> None:
        super().__init__(en, zh, log)

    @property
    def text(self) -> Text:
        """Say why."""
        return Text(self.args[0], self.args[1])
