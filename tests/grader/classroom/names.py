"""Whose a file or folder of a class is, by its name: Moodle's, Canvas's, or the student's. Pure.

Moodle, "Download all submissions": a folder `FULL NAME_NUMBER_assignsubmission_file_` for each
student, or files `FULL NAME_NUMBER_assignsubmission_file_FILE` where folders were not wanted.
Canvas, "Download Submissions": files `lastfirst_USER_SUBMISSION_FILE`, with `_LATE` after the name,
and FILE as `server-1.py` from the second submission on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.escaping import escape_text

_MOODLE = re.compile(
    r"(?P<student>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(_(?P<file>.*))?"
)
_CANVAS = re.compile(
    r"(?P<student>.+?)(_(?P<late>LATE))?_(?P<number>\d+)_(?P<order>\d+)_(?P<file>.+\.\w+)"
)
_ARCHIVE = re.compile(r"\.(zip|tar|tgz|tar\.(gz|bz2|xz)|gz|bz2|xz|rar|7z)$", re.IGNORECASE)
_COPY = re.compile(r"\s*[(（]\d+[)）]$")  # what a browser adds to a second download
_ATTEMPT = re.compile(r"-\d+$")
_ANONYMOUS = ("participant", "anon", "参与者")


@dataclass(frozen=True)
class Whose:
    """The owner by a name. `file` is what a program was called, `order` grows with time."""

    student: str  # plainly readable, whatever the name was
    number: str = ""
    file: str = ""
    order: int = 0
    is_late: bool = False
    is_piece: bool = False  # other names of the same student belong to the same submission


def read_name(name: str, *, is_folder: bool, wanted: Sequence[str]) -> Whose | None:
    """Tell whose it is. None for what is no submission: a loose file, Moodle's online text."""
    if found := _MOODLE.fullmatch(name):
        if found["kind"] != "file":
            return None
        student, number = found["student"].strip(), found["number"]
        if student.casefold() in _ANONYMOUS:
            student = f"{student} {number}"
        file = found["file"] or ""
        return Whose(readable(student), number, file, is_piece=not is_folder)
    if not is_folder and (found := _CANVAS.fullmatch(name)):
        return Whose(
            readable(found["student"]),
            found["number"],
            _without_attempt(found["file"], wanted),
            order=int(found["order"]),
            is_late=bool(found["late"]),
            is_piece=True,
        )
    if is_folder:
        own = name
    elif _ARCHIVE.search(name):
        own = _ARCHIVE.sub("", name)
    elif len(wanted) == 1 and name.endswith(PurePosixPath(wanted[0]).suffix) and name not in wanted:
        own = PurePosixPath(name).stem
    else:
        return None
    return Whose(readable(_COPY.sub("", own) or name))


def readable(name: str) -> str:
    """Make a name that can be shown and stored: composed, without what steers a terminal."""
    composed = unicodedata.normalize("NFC", name)
    marks = "".join(char for char in composed if unicodedata.category(char)[0] == "M")
    return escape_text(composed, keep=marks)


def same_person(name: str) -> str:
    """Make the form in which two spellings of a name are equal: case, width, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def words_of(name: str) -> list[str]:
    """Take a name apart: `2021001-张三_lab1` is 2021001, 张三, lab1."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return [word for word in re.split(r"[\W_]+", plain) if word]


def _without_attempt(file: str, wanted: Sequence[str]) -> str:
    path = PurePosixPath(file)
    plain = _ATTEMPT.sub("", path.stem) + path.suffix
    return plain if plain in wanted or _ARCHIVE.search(plain) else file
