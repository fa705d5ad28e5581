"""Why it went wrong: a table of symptoms, the most telling first.

Rows look at error numbers, exceptions and states of sockets; only what has no number is told by
its words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.hints_of_programs import OF_PROGRAMS
from grader.hints_of_sockets import OF_ENDINGS, OF_ERROR_NUMBERS, OF_STATES
from grader.language import Text
from grader.questions import Hint
from grader.symptoms import Symptoms, gather

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program

HINTS: tuple[Hint, ...] = (*OF_PROGRAMS, *OF_ERROR_NUMBERS, *OF_ENDINGS, *OF_STATES)


def explain(seen: Symptoms, *, otherwise: Text | None = None) -> Text | None:
    """Give the first hint that fits, else `otherwise`, what the check itself has to say."""
    row = find_hint(seen)
    if row is None or (row.is_general and otherwise):
        return otherwise
    return row.text.fill(
        found=str(row.holds(seen)),
        program=seen.program,
        host=seen.host,
        port=seen.port if seen.port is not None else "?",
    )


def find_hint(seen: Symptoms) -> Hint | None:
    """Give the first row that fits."""
    return next((row for row in HINTS if row.holds(seen)), None)


def diagnose(
    host: Host,
    program: Program | None = None,
    port: int | None = None,
    *,
    otherwise: Text | None = None,
) -> Text | None:
    """Look at the host as it is now and explain what is seen."""
    return explain(gather(host, program, port), otherwise=otherwise)
