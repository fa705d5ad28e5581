"""What travels to a worker and back: a submission with what to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.language import Text
from grader.personal import Values

LIMIT_S = 300.0  # all checks of a lab that all take their time are far from it


@dataclass(frozen=True)
class Work:
    """One submission to grade. Everything but the checks themselves travels along.

    `checks` is the version they have to have, `hidden` an archive of further ones, `has_next`
    tells that fresh hosts can be started for another submission meanwhile. `number` is its place
    in the class, by which it has ports of its own. `compose` is what the worker's Compose says of
    the lab: the worker puts it in.
    """

    lab: str
    student: str
    archive: bytes = field(repr=False)
    notes: tuple[Text, ...]
    seed: int
    checks: str
    hidden: bytes = field(default=b"", repr=False)
    personal: Values | None = None
    limit_s: float = LIMIT_S
    has_next: bool = False
    number: int = 0
    compose: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def as_request(self, *, hidden: str) -> dict[str, Any]:
        """Give what the grading process is told, but for the archive; `hidden` is a folder."""
        return {
            "lab": self.lab,
            "student": self.student,
            "notes": [vars(note) for note in self.notes],
            "seed": self.seed,
            "checks": self.checks,
            "hidden": hidden,
            "personal": str(self.personal or ""),
            "has_next": self.has_next,
            "number": self.number,
            "compose": self.compose,
        }


@dataclass(frozen=True)
class Graded:
    """The report as JSON, what a maintainer should read, and where and how long it took."""

    document: bytes = field(repr=False)
    log: str
    place: str
    duration_s: float


class NotGraded(Exception):  # noqa: N818 - it says what happened
    """The grader failed before there was a whole report. All is in `args`: it travels.

    `partial` is the report as JSON as far as it came, with what was not graded any more as error.
    """

    def __init__(self, en: str, zh: str, log: str = "", partial: bytes = b"") -> None:
        super().__init__(en, zh, log, partial)

    @property
    def text(self) -> Text:
        """Say why."""
        return Text(self.args[0], self.args[1])

    @property
    def log(self) -> str:
        """Give what a maintainer should read."""
        return str(self.args[2])

    @property
    def partial(self) -> bytes:
        """Give the report as far as it came; nothing if no check was over."""
        return bytes(self.args[3])
