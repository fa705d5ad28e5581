"""Writes a class's files: each format is a pure function of the gradebook's rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.rows import Grades
from grader.errors import GraderError
from grader.language import Language, Text


@dataclass(frozen=True)
class File:
    """A file to write: its path below --out, its text in pieces."""

    path: str
    text: Iterable[str]


Export = Callable[[Grades, Language], Iterator[File]]

ALWAYS = ("csv", "json", "html")


def write_exports(
    grades: Grades, out: Path, *, formats: Sequence[str], language: Language
) -> list[Path]:
    """Write the files of these formats; gives what a person opens first of each.

    A file is there whole or not at all. Raises GraderError if it cannot be written.
    """
    shown = []
    for name in formats or ALWAYS:
        first = None
        folders: set[Path] = set()
        for file in _export(name)(grades, language):
            path = out / file.path
            if path.parent != out and path.parent not in folders:
                _empty(path.parent, out)
                folders |= {path.parent, *path.parent.parents}
            _write(path, file.text)
            first = first or (path if len(Path(file.path).parts) == 1 else out / name)
        if first:
            shown.append(out / "html" / "index.html" if name == "html" else first)
    return shown


def _export(name: str) -> Export:
    """Import what a format needs when it is asked for."""
    if name == "html":
        from grader.classroom.pages import pages

        return pages
    from grader.classroom import junit, services, tables

    exports: dict[str, Export] = {
        "csv": tables.csv_table,
        "json": tables.json_document,
        "junit": junit.junit_xml,
        "gradescope": services.gradescope,
        "classroom50": services.classroom50,
        "check50": services.check50,
    }
    return exports[name]


def _empty(folder: Path, out: Path) -> None:
    """Begin a format's folder anew: who has left the class leaves no file behind."""
    top = out / folder.relative_to(out).parts[0]
    if folder == top:
        shutil.rmtree(top, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _write(path: Path, text: Iterable[str]) -> None:
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            for piece in text:
                file.write(piece)
        os.replace(beside, path)  # noqa: PTH105 - Path.replace is the same
    except OSError as problem:
        beside.unlink(missing_ok=True)
        why = str(problem.strerror)
        raise GraderError(NOT_WRITTEN.fill(path=str(path), problem=why)) from None


NOT_WRITTEN = Text("{path} cannot be written: {problem}", "无法写入 {path}：{problem}")
