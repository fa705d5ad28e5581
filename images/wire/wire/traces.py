"""Read what traced programs write into the folder that the lab's hosts share with the wire.

The only module that looks there. Anybody in the lab may write into it, so a file is read only if
it is a plain one of ours by its name, little by little, and not beyond a limit.
"""

import os
import re
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from wire.calls import Call, Trace

# LAB-HOST.PROCESS, as the program `trace` in a host names its file.
_NAME = re.compile(r"([a-z0-9]{1,16})-([a-z][a-z0-9-]{0,15})\.\d{1,9}")

FILES_AT_ONCE = 16
BYTES_AT_ONCE = 256 * 1024
LINE_BYTES = 8 * 1024
FILE_BYTES = 4 * 1024 * 1024

# The last line of a file: the traced program and its children have ended.
END = "end"
# A trace whose program was killed has no such line. What has been quiet so long waits for nothing.
QUIET_S = 3600.0


# On a busy machine; until then nothing is drawn.
STARTS_WITHIN_S = 3.0


@dataclass
class _File:
    path: Path
    descriptor: int
    trace: Trace
    changed_s: float
    tail: str = ""
    size: int = 0
    has_ended: bool = False
    lines: list[str] = field(default_factory=list)


class Traces:
    """The traces of one lab; files from before are removed."""

    def __init__(self, folder: Path, *, lab: str) -> None:
        self._folder = folder
        self._lab = lab
        self._files: dict[str, _File] = {}
        for name in self._names():
            self._remove(folder / name)

    @property
    def is_active(self) -> bool:
        """Whether a traced program runs."""
        return bool(self._files)

    @property
    def is_starting(self) -> bool:
        """Whether a trace has begun whose calls may arrive late, as what passes them on starts."""
        since_s = time.monotonic() - STARTS_WITHIN_S
        return any(not file.size and file.changed_s > since_s for file in self._files.values())

    def poll(self) -> tuple[list[Call], list[Call]]:
        """Return the calls that came since the last time, and those that wait to return."""
        self._open_new()
        calls, waiting = [], []
        for name, file in list(self._files.items()):
            _read_more(file)
            for line in file.lines:
                calls += file.trace.read(line)
            file.lines.clear()
            if file.has_ended or time.monotonic() - file.changed_s > QUIET_S:
                os.close(file.descriptor)
                self._remove(file.path)
                del self._files[name]
            else:
                waiting += file.trace.waiting(file.tail)
        return calls, waiting

    def _names(self) -> list[str]:
        """The files of this lab by name; none where the folder is missing."""
        try:
            names = sorted(path.name for path in self._folder.iterdir())
        except OSError:
            return []
        matches = [(name, _NAME.fullmatch(name)) for name in names]
        return [name for name, match in matches if match and match[1] == self._lab]

    def _open_new(self) -> None:
        for name in self._names():
            if name in self._files or len(self._files) >= FILES_AT_ONCE:
                continue
            path, match = self._folder / name, _NAME.fullmatch(name)
            assert match is not None
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:
                self._remove(path)
                continue
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                self._remove(path)
                continue
            now_s = time.monotonic()
            self._files[name] = _File(path, descriptor, Trace(match[2]), now_s)

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return  # a folder, or not ours to remove: it is looked at again and again, no more


def _read_more(file: _File) -> None:
    """Read what was added, in lines; what has no line end yet stays in the tail."""
    try:
        data = os.read(file.descriptor, BYTES_AT_ONCE)
    except OSError:
        data = b""
    if not data:
        file.has_ended = os.fstat(file.descriptor).st_nlink == 0
        return
    file.changed_s = time.monotonic()
    file.size += len(data)
    *lines, tail = (file.tail + data.decode("latin-1")).split("\n")
    if file.size > FILE_BYTES:
        file.has_ended = True
    if END in lines:
        lines, file.has_ended = lines[: lines.index(END)], True
    file.lines += [line for line in lines if len(line) <= LINE_BYTES]
    file.tail = tail[: LINE_BYTES + 1]
