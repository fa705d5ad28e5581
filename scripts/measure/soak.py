"""A class with every mistake and every hostile program: each has the right row, and nothing stays.

ROUNDS is the number of submissions, the reference, all mistakes and all attacks in turn. What
others grade on the engine meanwhile is taken for left behind.
"""

import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.table import Table

from acceptance.compose import engine, listed
from acceptance.grading import LABEL, attack
from acceptance.test_hostile_programs import ATTACKS
from grader.classroom.gradebook import FILE, open_gradebook
from grader.classroom.rows import Row

ROUNDS = 500
NAMES = {"server": "server", "client": "client", "peer": "peer"}
Judge = Callable[[Row], bool]


@dataclass(frozen=True)
class Soak:
    """The submissions with a wrong row, and what is left on the engine."""

    size: int
    wrong: Mapping[str, str]
    left: tuple[str, ...]

    @property
    def is_within_limit(self) -> bool:
        """Is every row right, and nothing left?"""
        return not self.wrong and not self.left

    def table(self) -> Table:
        """Return a row for each fault, and the totals."""
        drawn = Table(title=f"{self.size} submissions")
        drawn.add_column("")
        drawn.add_column("", justify="right")
        for student, why in self.wrong.items():
            drawn.add_row(student, why)
        drawn.add_row("wrong rows", str(len(self.wrong)))
        drawn.add_row("left on the engine", ", ".join(self.left) or "0")
        return drawn


def measure(root: Path, rounds: int) -> Soak:
    """Grade them by the command that a teacher types, and look at every row."""
    before = on_the_engine()
    with tempfile.TemporaryDirectory() as scratch:
        place, out = Path(scratch, "class"), Path(scratch, "out")
        judges = hand_in(root, place, rounds)
        words = ["lab1", "--submissions", str(place), "--out", str(out)]
        done = subprocess.run(
            [root / "scripts/grade", *words], stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(f"scripts/grade ended with status {done.returncode}")
        with open_gradebook(out / FILE) as book:
            rows = {row.student: row for row in book.grades("lab1").read()}
    wrong = {
        student: f"{row.state}, {row.earned} points"
        for student, row in rows.items()
        if row.state != "graded" or not judges[student](row)
    }
    wrong |= dict.fromkeys(judges.keys() - rows.keys(), "no row")
    return Soak(rounds, wrong, tuple(sorted(on_the_engine() - before)))


def hand_in(root: Path, place: Path, rounds: int) -> dict[str, Judge]:
    """Write the submissions; gives for each how to tell that its row is right."""
    reference = root / "labs/lab1/reference"
    mistakes = sorted((root / "tests/lab1/mistakes").iterdir())
    kinds: list[tuple[str, Callable[[Path], None], Judge]] = [
        ("reference", partial(_copy, reference, reference), _has_all),
        *((each.name, partial(_copy, reference, each), _lost_one) for each in mistakes),
        *(
            (
                each.name,
                partial(_attack, each.name, each.programs),
                _judge(each.earns or None, each.checks),
            )
            for each in ATTACKS
        ),
    ]
    judges = {}
    for number, (name, write, judge) in zip(range(rounds), itertools.cycle(kinds), strict=False):
        student = f"{number:04}-{name}"
        write(place / student)
        judges[student] = judge
    return judges


def on_the_engine() -> set[str]:
    """Return the names of all that gradings have on the engine."""
    with engine() as client:
        return {one.name for one in listed(client, label=LABEL)}


def _copy(reference: Path, programs: Path, target: Path) -> None:
    shutil.copytree(reference, target)
    for program in programs.glob("*.py"):
        shutil.copy(program, target)


def _attack(name: str, programs: tuple[str, ...], target: Path) -> None:
    made = attack(name, target.parent.with_name("attacks"), *programs, addresses=NAMES)
    made.rename(target)


def _has_all(row: Row) -> bool:
    return row.report is not None and row.earned == row.report.possible


def _lost_one(row: Row) -> bool:
    return row.report is not None and len(row.report.with_outcome("failed")) == 1


def _judge(earns: range | None, checks: tuple[str, ...]) -> Judge:
    """Judge an attack's row by its points, where the tests of attacks say them for all checks."""
    if checks:
        return lambda row: row.report is not None
    return _has_all if earns is None else (lambda row: row.earned in earns)
