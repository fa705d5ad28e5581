"""What a failed check teaches: at most four lines, about the student's program."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language import Text


@dataclass(frozen=True)
class Lesson:
    """What was seen, what was wanted, why that happens, and where to look.

    `saw` and `wanted` may hold several lines, such as rows of bytes with a caret; `look` is a
    command to type or a page to read. None of them may hold our own traceback.
    """

    saw: Text
    wanted: Text
    hint: Text | None = None
    look: Text | None = None
