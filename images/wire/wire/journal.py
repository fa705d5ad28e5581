"""Keep what the wire has seen in files that the board reads: one folder a lab, one file a run.

The only module that writes there. It never gets in the way of the picture: where nothing can be
written, nothing is. At most RUNS_KEPT files of RUN_BYTES stay for each lab, the oldest go first.
"""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from wire.events import Missed, Record, Run, to_line

RUN_BYTES = 4 * 1024 * 1024
RUNS_KEPT = 4

# More than a person could follow; what goes beyond is counted.
RECORDS_A_SECOND = 400


class Journal:
    """The file of one run; a full one is followed by another that begins with the same line."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder = folder
        self._run = run
        self._file: BinaryIO | None = None
        self._size = 0
        self._second = 0
        self._count = 0
        self._left_out = 0

    def begin(self) -> bool:
        """Begin a file and remove old ones; whether that was possible."""
        self.close()
        self._run = replace(self._run, at=time.time())
        try:
            self._folder.mkdir(exist_ok=True)
            self._file = (self._folder / f"{self._run.at:.3f}.jsonl").open("wb", buffering=0)
            for old in runs(self._folder)[:-RUNS_KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            self.close()
            return False
        self._size = 0
        self._put(to_line(self._run))
        return self._file is not None

    def write(self, records: Iterable[Record]) -> None:
        """Write records, as many as there may be in this second."""
        if self._file is None:
            return
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._count = second, 0
        lines = []
        for record in records:
            self._count += 1
            if self._count > RECORDS_A_SECOND:
                self._left_out += 1
                continue
            if self._left_out:
                lines.append(to_line(Missed(self._left_out)))
                self._left_out = 0
            lines.append(to_line(record))
        if lines:
            self._put("".join(lines))
        if self._size >= RUN_BYTES:
            self.begin()

    def close(self) -> None:
        """Write nothing more."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _put(self, lines: str) -> None:
        assert self._file is not None
        data = lines.encode()
        try:
            self._file.write(data)
        except OSError:  # the disk is full
            self.close()
        self._size += len(data)


def runs(folder: Path) -> list[Path]:
    """Return the files of a lab's runs, the oldest first."""
    return sorted(folder.glob("*.jsonl"), key=lambda path: path.name)
