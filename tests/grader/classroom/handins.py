"""What a class has handed in: each student's files, found in a folder or a bulk download."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.classroom.names import Whose, read_name, same_person
from grader.classroom.roster import Roster, Student
from grader.errors import UsageError
from grader.intake import is_ignored
from grader.language import Text
from grader.submission import Submission, read_parts

ROSTER = "roster.csv"
LOOKED_AT = 1000  # files of a folder whose time is asked for


@dataclass(frozen=True)
class Handin:
    """One submission of a class, not read yet.

    `student` is whom or which group it is listed as, `members` are all whose it is; a class
    without a roster has each student as the only member. `parts` are paths, each with the name
    that its file has in the submission. `number` is its place in the class.
    """

    student: str
    parts: tuple[tuple[Path, str], ...]
    members: tuple[Student, ...]
    notes: tuple[Text, ...] = ()
    number: int = 0

    def read(self, wanted: Sequence[str]) -> Submission:
        """Read it. Raises UsageError that says what is wrong with it."""
        submission = read_parts(
            self.parts, wanted=wanted, name=self.student, shown=lambda path: path.name
        )
        return replace(submission, notes=(*self.notes, *submission.notes))


@dataclass(frozen=True)
class ClassFolder:
    """All of a class: submissions by student, who has none, and what was not taken for one."""

    handins: tuple[Handin, ...]
    missing: tuple[Student, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    path: Path
    whose: Whose


def find_handins(folder: Path, *, wanted: Sequence[str], roster: Roster) -> ClassFolder:
    """Find the submissions in a folder. Raises UsageError if there are none.

    Of two submissions of one student, or of one group, the latest counts, and a note says so.
    """
    top = _top(folder, wanted)
    found, left_out = [], []
    for path in _entries(top):
        whose = read_name(path.name, is_folder=_is_folder(path), wanted=wanted)
        if whose:
            found.append(_Found(path, whose))
        elif path.name.casefold() != ROSTER:
            left_out.append(path.name)
    if not found:
        one = any((top / name).is_file() for name in wanted)
        raise UsageError((ONE if one else NONE).fill(path=str(folder)))
    submissions: dict[str, list[list[_Found]]] = defaultdict(list)
    owners: dict[str, tuple[str, tuple[Student, ...]]] = {}
    for pieces in _pieces(found):
        owner = _owner(pieces[0].whose, roster, clashing=_clashing(found))
        owners[same_person(owner[0])] = owner
        submissions[same_person(owner[0])].append(pieces)
    handins = sorted(
        (_handin(*owners[key], several) for key, several in submissions.items()),
        key=lambda handin: handin.student,
    )
    present = {member.id for handin in handins for member in handin.members}
    missing = tuple(one for one in roster.students if one.id not in present)
    return ClassFolder(tuple(handins), missing, tuple(left_out))


def _top(folder: Path, wanted: Sequence[str]) -> Path:
    """Go into folders that hold nothing but one more folder of several things."""
    top = folder
    while True:
        inside = [path for path in _entries(top) if path.name.casefold() != ROSTER]
        if len(inside) != 1 or not _is_folder(inside[0]):
            return top
        below = [path.name for path in _entries(inside[0])]
        if len(below) < 2 or set(below) & set(wanted):
            return top
        top = inside[0]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if not (is_ignored(path.name) or path.name.startswith("."))
        )
    except OSError as problem:
        raise UsageError(UNREADABLE.fill(path=str(folder), problem=str(problem.strerror))) from None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _pieces(found: Iterable[_Found]) -> list[list[_Found]]:
    """Put together what an LMS has handed out in pieces; everything else is a whole."""
    together: dict[tuple[str, str], list[_Found]] = defaultdict(list)
    alone = []
    for one in found:
        if one.whose.is_piece:
            together[same_person(one.whose.student), one.whose.number].append(one)
        else:
            alone.append([one])
    return [*together.values(), *alone]


def _clashing(found: Iterable[_Found]) -> set[str]:
    """Find the names that several students of an LMS have; its numbers tell them apart."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if one.whose.number:
            numbers[same_person(one.whose.student)].add(one.whose.number)
    return {name for name, several in numbers.items() if len(several) > 1}


def _owner(whose: Whose, roster: Roster, *, clashing: set[str]) -> tuple[str, tuple[Student, ...]]:
    """Say whom a submission is listed as, and whose it is."""
    student = roster.find(whose.student, whose.number)
    group = student.group if student else roster.group(whose.student)
    if group:
        return group, roster.members(group)
    if student:
        return student.id, (student,)
    name = whose.student
    if same_person(name) in clashing:
        name += f" ({whose.number})"
    return name, (Student(name),)


def _handin(student: str, members: tuple[Student, ...], several: list[list[_Found]]) -> Handin:
    several = sorted(several, key=_when)
    taken = several[-1]
    notes: list[Text] = []
    if len(several) > 1:
        others = ", ".join(pieces[0].path.name for pieces in several[:-1])
        notes.append(LATEST.fill(taken=taken[0].path.name, others=others))
    if any(one.whose.is_late for one in taken):
        notes.append(LATE)
    by_name = {
        one.whose.file or one.path.name: one.path
        for one in sorted(taken, key=lambda one: one.whose.order)
    }
    parts = tuple((path, name) for name, path in by_name.items())
    return Handin(student, parts, members, tuple(notes))


def _when(pieces: list[_Found]) -> tuple[int, float, str]:
    order = max(one.whose.order for one in pieces)
    return order, max(_changed_s(one.path) for one in pieces), pieces[0].path.name


def _changed_s(path: Path) -> float:
    """Tell when a file, or the newest file of a folder, was written."""
    times = [0.0]
    waiting = [path]
    for _ in range(LOOKED_AT):
        if not waiting:
            break
        current = waiting.pop()
        try:
            if _is_folder(current):
                waiting += current.iterdir()
            else:
                times.append(current.lstat().st_mtime)
        except OSError:
            continue
    return max(times)


ONE = Text(
    "{path} is one submission, not a folder of submissions. Type --submission instead",
    "{path} 是一份提交，而不是存放多份提交的目录。请改用 --submission",
)
NONE = Text(
    "{path} has no submissions: a folder or an archive for each student, or the zip of Moodle or"
    " Canvas",
    "{path} 里没有提交：应当每个学生一个目录或压缩包，或者是 Moodle、Canvas 下载的 zip",
)
UNREADABLE = Text("{path} cannot be read: {problem}", "无法读取 {path}：{problem}")
LATEST = Text(
    "several submissions; the latest counts: {taken}, not: {others}",
    "有多份提交，以最后一份为准：{taken}，未采用：{others}",
)
LATE = Text("handed in late, says Canvas", "Canvas 标记为迟交")
