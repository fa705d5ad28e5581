"""What a student handed in: found, bounded, and packed for the sandbox, never unpacked here."""

from __future__ import annotations

import io
import re
import tarfile
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.archives import find_reader
from grader.errors import UsageError
from grader.folder import read_file, read_folder
from grader.intake import Intake
from grader.language import Text

PACKED_LIMIT_BYTES = 64 << 20
ARCHIVES_LIMIT = 20  # that are looked into, in a submission without programs of its own
HEAD_BYTES = 512  # a tar's header, the longest thing to look at


@dataclass(frozen=True)
class Submission:
    """A submission ready for a host's /lab.

    `archive` is a tar of regular files and folders, the same for the same files. `files` are their
    paths, as the student wrote them: escape them before they are shown. `notes` say what was left
    out or guessed.
    """

    name: str
    archive: bytes
    files: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()


def read_submission(path: Path, *, wanted: Sequence[str]) -> Submission:
    """Read a folder, a zip, a tar or a single file. `wanted` are the lab's programs.

    The files are taken from the folder that has most of the wanted ones, nearest to the top; where
    there is none of them, from the archives that lie in the submission.
    Raises UsageError when none of them is found or `path` cannot be read.
    """
    return read_parts([(path, path.name)], wanted=wanted, name=path.resolve().name)


def read_parts(
    parts: Sequence[tuple[Path, str]],
    *,
    wanted: Sequence[str],
    name: str,
    shown: Callable[[Path], str] = str,
) -> Submission:
    """Read what came in several pieces, each a path and the name that its file has in there.

    Raises UsageError as read_submission() does; `shown` is what it calls a path.
    """
    intake = Intake()
    for path, file in parts:
        try:
            path.stat()
            if path.is_dir():
                read_folder(path, intake)
            else:
                _read_file(path, file, wanted, intake, shown(path))
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise UsageError(UNREADABLE.fill(path=shown(path), problem=reason)) from None
    if not any(_has_wanted(file, wanted) for file in intake.files):
        _open_archives(intake, wanted)
    intake.finish()
    folder = choose_folder(intake.files, wanted, intake.notes)
    files = {
        file.removeprefix(folder): content
        for file, content in intake.files.items()
        if file.startswith(folder)
    }
    missing = [program for program in wanted if program not in files]
    absences = [_absence(program, intake.files) for program in missing]
    if len(missing) == len(wanted):
        reasons = Text("; ".join(t.en for t in absences), "；".join(t.zh for t in absences))
        raise UsageError(NOTHING.fill(path=shown(parts[0][0]), reasons=reasons))
    return Submission(
        name=name,
        archive=pack(files),
        files=tuple(sorted(files)),
        notes=(*absences, *intake.notes),
    )


def choose_folder(files: Collection[str], wanted: Sequence[str], notes: list[Text]) -> str:
    """Choose where a submission begins: "" or a path with a slash at its end.

    Notes the choice if another folder is as good.
    """
    found: dict[str, int] = {}
    for file in files:
        folder, slash, name = file.rpartition("/")
        if name in wanted:
            found[folder + slash] = found.get(folder + slash, 0) + 1
    best = sorted(found, key=lambda folder: (-found[folder], folder.count("/"), folder))
    equal = [folder for folder in best if found[folder] == found[best[0]]]
    if len(equal) > 1:
        others = ", ".join(folder or "./" for folder in equal[1:4])
        notes.append(SEVERAL.fill(taken=equal[0] or "./", others=others))
    return best[0] if best else ""


def near_misses(name: str, files: Iterable[str]) -> list[str]:
    """Find files that may be meant as `name`: other case, server.py.txt, server (1).py …"""
    stem, suffix = re.escape(PurePosixPath(name).stem), re.escape(PurePosixPath(name).suffix)
    meant = re.compile(
        rf"{stem}([ _-]*(copy|副本|final|v?\d+|\(\d+\)))*({suffix}|\.txt)(\.txt|{suffix})?",
        re.IGNORECASE,
    )
    return [
        file
        for file in sorted(files, key=lambda file: (file.count("/"), file))
        if meant.fullmatch(unicodedata.normalize("NFKC", PurePosixPath(file).name).strip())
        and PurePosixPath(file).name != name
    ]


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files into a tar that says nothing of whose they were, or when they were written."""
    folders = {parent.as_posix() for file in files for parent in PurePosixPath(file).parents}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted(folders - {"."}):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _read_file(path: Path, name: str, wanted: Sequence[str], intake: Intake, shown: str) -> None:
    if not path.is_file():
        raise UsageError(UNREADABLE.fill(path=shown, problem=NO_FILE))
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if reader := find_reader(path.name, head):
            if path.stat().st_size > PACKED_LIMIT_BYTES:
                raise UsageError(TOO_LARGE.fill(path=shown, limit=PACKED_LIMIT_BYTES >> 20))
            file.seek(0)
            reader(path.name, file, intake)
            return
    if len(wanted) == 1 and name != wanted[0]:
        intake.notes.append(RENAMED.fill(file=name, name=wanted[0]))
        name = wanted[0]
    read_file(path.resolve(), name, intake)


def _has_wanted(file: str, wanted: Sequence[str]) -> bool:
    return PurePosixPath(file).name in wanted


def _open_archives(intake: Intake, wanted: Sequence[str]) -> None:
    """Put the files of archives in the place of the archives, where the programs are in those."""
    problems = []
    for name, content in sorted(intake.files.items())[:ARCHIVES_LIMIT]:
        inside = Intake()
        try:
            reader = find_reader(PurePosixPath(name).name, content[:HEAD_BYTES])
            if reader is None:
                continue
            reader(name, io.BytesIO(content), inside)
        except UsageError as problem:
            problems.append(problem)
            continue
        if any(_has_wanted(file, wanted) for file in inside.files):
            del intake.files[name]
            intake.notes += inside.notes
            for file, inner in inside.files.items():
                intake.add(f"{name}/{file}", io.BytesIO(inner).read)
    if problems and not any(_has_wanted(file, wanted) for file in intake.files):
        raise problems[0]


def _absence(name: str, files: Iterable[str]) -> Text:
    meant = near_misses(name, files)
    return (MEANT if meant else MISSING).fill(name=name, found=", ".join(meant[:3]))


MISSING = Text("{name} is missing", "缺少 {name}")
MEANT = Text(
    "{name} is missing; found {found}: did you mean {name}?",
    "缺少 {name}；找到了 {found}，是不是应当命名为 {name}？",
)
SEVERAL = Text(
    "programs were found in several folders; taken: {taken}, not: {others}",
    "在多个目录中找到了程序；采用的是 {taken}，没有采用：{others}",
)
RENAMED = Text("{file} is graded as {name}", "{file} 按 {name} 评分")
NOTHING = Text(
    "{path} has none of the lab's programs: {reasons}", "{path} 里没有实验要求的程序：{reasons}"
)
UNREADABLE = Text("{path} cannot be read: {problem}", "无法读取 {path}：{problem}")
NO_FILE = Text("it is no file and no folder", "既不是文件，也不是目录")
TOO_LARGE = Text("{path} is larger than {limit} MiB", "{path} 超过 {limit} MiB")
