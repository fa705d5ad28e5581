"""Find and follow the files that wires have written. Reads only, and nothing outside its folder."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from wire.events import Record, from_line
from wire.journal import runs

_LAB = re.compile(r"[a-z][a-z0-9-]{0,30}")
_RUN = re.compile(r"\d{1,12}\.\d{3}\.jsonl")

BYTES_AT_ONCE = 256 * 1024
LINE_BYTES = 16 * 1024


def labs_of(folder: Path) -> dict[str, list[str]]:
    """Return the runs of each lab, the oldest first; the lab that was seen last comes first."""
    found = {}
    for lab in folder.iterdir() if folder.is_dir() else ():
        names = [path.name for path in runs(lab)] if lab.is_dir() else []
        if _LAB.fullmatch(lab.name) and names:
            found[lab.name] = [name for name in names if _RUN.fullmatch(name)]
    return dict(sorted(found.items(), key=lambda each: each[1][-1:], reverse=True))


def find_run(folder: Path, lab: str, run: str) -> Path | None:
    """Return the file of a run, the latest if `run` is empty; None if there is none."""
    if not _LAB.fullmatch(lab):
        return None
    if run:
        path = folder / lab / run
        return path if _RUN.fullmatch(run) and path.is_file() else None
    return next(reversed(runs(folder / lab)), None)


def read_records(path: Path, *, flow: int | None = None) -> list[Record]:
    """Read a run to its end; with `flow` only what belongs to it, and what belongs to none."""
    with path.open(encoding="utf-8", errors="replace") as file:
        records = [record for line in file if (record := from_line(line))]
    return [each for each in records if flow is None or getattr(each, "flow", flow) == flow]


@dataclass
class Tail:
    """Where a reader is in a run's file; `offset` is behind the last whole line it has got."""

    path: Path
    offset: int = 0
    _rest: bytes = field(default=b"", repr=False)

    def read(self) -> list[str]:
        """Return the whole lines that came since the last time and that are records."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset + len(self._rest))
                data = self._rest + file.read(BYTES_AT_ONCE)
        except OSError:  # removed, as too old
            return []
        *lines, self._rest = data.split(b"\n")
        self.offset += sum(len(line) + 1 for line in lines)
        if len(self._rest) > LINE_BYTES:
            self.offset, self._rest = self.offset + len(self._rest), b""
        texts = [line.decode("utf-8", "replace") for line in lines]
        return [text for text in texts if from_line(text)]
