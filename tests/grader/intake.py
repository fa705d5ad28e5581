"""What is taken in from a submission, whatever it came as: which names, and how much."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.errors import UsageError
from grader.language import Text

# A lab's programs are a few KB. The sum has to fit into a host's /lab and memory many times.
FILES_LIMIT = 1000
FILE_LIMIT_BYTES = 8 << 20
TOTAL_LIMIT_BYTES = 16 << 20
NAME_LIMIT_BYTES = 255  # of one part, as in pathconf(3) NAME_MAX
PATH_LIMIT_BYTES = 4000  # leaves room for /lab/ in PATH_MAX
NOTES_LIMIT = 10

# What systems, editors and Python leave beside programs.
IGNORED = re.compile(
    r"__MACOSX|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|__pycache__|.*\.py[co]"
    r"|\.git|\.hg|\.svn|\.idea|\.vscode|\.venv|venv|node_modules"
    r"|\.(pytest|mypy|ruff)_cache|\.ipynb_checkpoints"
)


@dataclass
class Intake:
    """Files by their path, notes on what was left out, and how much may still come."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    offered: int = 0
    size_bytes: int = 0

    def add(self, name: str, read: Callable[[int], bytes]) -> None:
        """Take a file in; `read` gives its content up to a size. Wrong names get a note.

        Raises UsageError when there is more than a submission can be.
        """
        if is_ignored(name):
            return
        self._count()
        if problem := name_problem(name):
            self.leave_out(name, problem)
            return
        content = read(min(FILE_LIMIT_BYTES, TOTAL_LIMIT_BYTES - self.size_bytes) + 1)
        if len(content) > FILE_LIMIT_BYTES:
            self.leave_out(name, LARGE.fill(limit=FILE_LIMIT_BYTES >> 20))
            return
        self.size_bytes += len(content)
        if self.size_bytes > TOTAL_LIMIT_BYTES:
            raise UsageError(TOO_LARGE.fill(limit=TOTAL_LIMIT_BYTES >> 20))
        self.files["/".join(parts(name))] = content

    def leave_out(self, name: str, why: Text) -> None:
        """Note that something was not taken in, unless nobody would miss it."""
        if not is_ignored(name):
            self._count()
            self.notes.append(LEFT_OUT.fill(name=name, why=why))

    def finish(self) -> None:
        """Drop what cannot stand beside another file, and notes beyond what anyone reads."""
        for path in sorted(self.files):
            folders = {path[:end] for end, char in enumerate(path) if char == "/"}
            if folders & self.files.keys():
                del self.files[path]
                self.leave_out(path, BENEATH_A_FILE)
        if len(self.notes) > NOTES_LIMIT:
            more = len(self.notes) - NOTES_LIMIT
            self.notes[NOTES_LIMIT:] = [AND_MORE.fill(count=more)]

    def _count(self) -> None:
        self.offered += 1
        if self.offered > FILES_LIMIT:
            raise UsageError(TOO_MANY.fill(limit=FILES_LIMIT))


def parts(name: str) -> Sequence[str]:
    """Take a path apart, without the parts that say nothing."""
    return [part for part in name.split("/") if part not in ("", ".")]


def is_ignored(name: str) -> bool:
    """Tell if a path is, or is in, something that no student means to hand in."""
    return any(IGNORED.fullmatch(part) for part in parts(name))


def name_problem(name: str) -> Text | None:
    """Say why a file may not have this path in /lab; None if it may."""
    if name.startswith("/") or re.match(r"[A-Za-z]:/", name):
        return ABSOLUTE
    if ".." in parts(name):
        return OUTSIDE
    sizes = [len(part.encode(errors="surrogateescape")) for part in parts(name)]
    if not sizes or "\0" in name:
        return NO_NAME
    if max(sizes) > NAME_LIMIT_BYTES or sum(sizes) + len(sizes) > PATH_LIMIT_BYTES:
        return LONG
    return None


LEFT_OUT = Text("left out {name}: {why}", "未收入 {name}：{why}")
LARGE = Text("larger than {limit} MiB", "超过 {limit} MiB")
ABSOLUTE = Text("its name is an absolute path", "文件名是绝对路径")
OUTSIDE = Text("its name leads out of the folder", "文件名指向提交的目录之外")
NO_NAME = Text("that is no file name", "不是有效的文件名")
LONG = Text("its name is too long", "文件名太长")
BENEATH_A_FILE = Text("its folder has the name of a file", "它所在的目录与一个文件同名")
AND_MORE = Text("{count} more notes of this kind", "另有 {count} 条类似说明")
TOO_MANY = Text(
    "The submission has more than {limit} files. Hand in the lab's programs only",
    "提交的文件超过 {limit} 个。请只提交实验程序",
)
TOO_LARGE = Text(
    "The submission is larger than {limit} MiB. Hand in the lab's programs only",
    "提交的内容超过 {limit} MiB。请只提交实验程序",
)
