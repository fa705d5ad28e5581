"""Python's last words: which line of the student's file raised what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.language import Text, same

_FRAME = re.compile(r'^ *File "(?P<path>[^"\n]{1,300})", line (?P<line>\d{1,7})(?:, in .*)?$')
_EXCEPTION = re.compile(r"^(?P<name>[A-Za-z_][\w.]{0,100})(?:: (?P<message>.*))?$")
_UNREADABLE = re.compile(
    r"^SyntaxError: (?P<message>.*) in file (?P<path>/lab/.{1,200}) on line (?P<line>\d{1,7})\b"
)
_ERRNO = re.compile(r"^\[Errno (-?\d{1,5})\]")
_LAB = PurePosixPath("/lab")
_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True)
class Raised:
    """An exception that ended a program, or a thread of it.

    `file`, `line` and `source` are of the last frame in the student's own files; `file` is empty
    when there is none. `files` names all of the student's files that were on the way.
    """

    exception: str
    message: str
    file: str = ""
    line: int = 0
    source: str = ""
    files: tuple[str, ...] = ()

    @property
    def errno(self) -> int | None:
        """The error number of the operating system, as errno(3); negative from getaddrinfo(3)."""
        found = _ERRNO.match(self.message)
        return int(found[1]) if found else None

    @property
    def kind(self) -> str:
        """The exception's name without its module: `gaierror` of `socket.gaierror`."""
        return self.exception.rpartition(".")[2]

    def describe(self) -> Text:
        """Say it as one line: server.py line 12: sock.bind(...): OSError: [Errno 98] …."""
        what = same("{name}: {message}" if self.message else "{name}")
        told = what.fill(name=self.exception, message=cut(self.message))
        if not self.file:
            return told
        if not self.source:
            return Text("{file} line {line}: {told}", "{file} 第 {line} 行：{told}").fill(
                file=self.file, line=self.line, told=told
            )
        return Text(
            "{file} line {line}: {source}\n{told}", "{file} 第 {line} 行：{source}\n{told}"
        ).fill(file=self.file, line=self.line, source=cut(self.source), told=told)


def read_raised(stderr: bytes) -> Raised | None:
    """Find the last traceback in what a program wrote to stderr; None when there is none.

    A syntax error has no "Traceback" line. A program may print
    anything, so what is found is a hint, never a verdict.
    """
    lines = stderr[-_TAIL_BYTES:].decode("utf-8", "replace").splitlines()
    frames = [index for index, line in enumerate(lines) if _FRAME.match(line)]
    if not frames:
        return _read_unreadable(lines)
    last = frames[-1]
    ending = next(
        (found for line in lines[last + 1 :] if (found := _EXCEPTION.match(line))),
        None,
    )
    if ending is None:
        return None
    first = next(
        (i for i in range(last, -1, -1) if lines[i].startswith("Traceback (most recent")), last
    )
    own = [(name, i) for i in frames if i >= first and (name := _own_file(lines[i]))]
    files = tuple(dict.fromkeys(name for name, _ in own))
    told = ending["name"], (ending["message"] or "").strip()
    if not own:
        return Raised(*told)
    name, index = own[-1]
    frame = _FRAME.match(lines[index])
    line = int(frame["line"]) if frame else 0
    source = lines[index + 1].strip() if _is_source(lines, index + 1) else ""
    return Raised(*told, file=name, line=line, source=source, files=files)


def _read_unreadable(lines: list[str]) -> Raised | None:
    """Read the one line that Python says of a file in another encoding than UTF-8."""
    found = next((found for line in reversed(lines) if (found := _UNREADABLE.match(line))), None)
    if found is None:
        return None
    name = PurePosixPath(found["path"]).name
    return Raised("SyntaxError", found["message"], file=name, line=int(found["line"]))


def _own_file(line: str) -> str:
    frame = _FRAME.match(line)
    path = PurePosixPath(frame["path"]) if frame else PurePosixPath("/")
    if not path.is_absolute():
        return str(path)
    return str(path.relative_to(_LAB)) if path.is_relative_to(_LAB) else ""


def _is_source(lines: list[str], index: int) -> bool:
    return index < len(lines) and lines[index].startswith("    ")


def cut(text: str, limit: int = 160) -> str:
    """Shorten a line that a program wrote; the ellipsis says so."""
    return text if len(text) <= limit else text[:limit] + "…"
