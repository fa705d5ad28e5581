"""Where our own tracebacks go: never into what a student reads."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


class ErrorLog:
    """A file made when there is first something to say, or stderr for an author."""

    def __init__(self, *, to_stderr: bool = False) -> None:
        self._to_stderr = to_stderr
        self.path: Path | None = None

    def note(self, what: str) -> None:
        """Keep it. The file is readable by its owner only."""
        if self._to_stderr:
            print(what, file=sys.stderr)
            return
        if self.path is None:
            descriptor, name = tempfile.mkstemp(prefix="socklab-grade-", suffix=".log")
            os.close(descriptor)
            self.path = Path(name)
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(what.rstrip() + "\n\n")
