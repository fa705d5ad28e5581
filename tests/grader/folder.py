"""Reads a submission that is a folder, or one file, on this machine's disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from grader.intake import Intake, is_ignored
from grader.language import Text


def read_folder(folder: Path, intake: Intake) -> None:
    """Take in a folder's files, those nearest to the top first. No link leads out of it."""
    top = folder.resolve()
    waiting = [top]
    while waiting:
        current = waiting.pop(0)
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError as problem:
            intake.leave_out(_name(current, top), UNREADABLE.fill(problem=str(problem.strerror)))
            continue
        for entry in entries:
            path = Path(entry.path)
            if is_ignored(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            else:
                _read_entry(path, top, intake)


def read_file(path: Path, name: str, intake: Intake) -> None:
    """Take in one file under this name, if it is a regular one that can be read."""
    try:
        # O_NOFOLLOW and O_NONBLOCK: what was a file a moment ago may be a link or a pipe now.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                intake.leave_out(name, NOT_REGULAR)
                return
            intake.add(name, file.read)
    except OSError as problem:
        intake.leave_out(name, UNREADABLE.fill(problem=str(problem.strerror)))


def _read_entry(path: Path, top: Path, intake: Intake) -> None:
    name = _name(path, top)
    if not path.is_symlink():
        read_file(path, name, intake)
        return
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # it leads nowhere, or in a circle
        intake.leave_out(name, BROKEN_LINK)
        return
    if not target.is_relative_to(top):
        intake.leave_out(name, LINK_OUT)
    elif is_ignored(_name(target, top)) or target.is_dir():
        intake.leave_out(name, LINK)
    else:
        read_file(target, name, intake)


def _name(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix()


UNREADABLE = Text("it cannot be read ({problem})", "无法读取（{problem}）")
NOT_REGULAR = Text("it is no regular file", "不是普通文件")
BROKEN_LINK = Text("it is a link that leads nowhere", "是一个失效的符号链接")
LINK_OUT = Text("it is a link that leads out of the folder", "是指向提交的目录之外的符号链接")
LINK = Text("it is a link", "是一个链接")
