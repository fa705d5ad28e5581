"""`scripts/grade lab1` on the reference, against pytest's start and a fresh pair of containers.

The other labs' gradings stand below, as multiples of lab 1's: their checks have more to wait for.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import docker
from rich.table import Table

from grader.grading import lab_names
from measure.comparison import Comparison, ms

LIMIT = 2.5
ROUNDS = 7
IMAGE = "socklab/host"
LABELS = {"socklab": "bench"}


@dataclass(frozen=True)
class Gradings:
    """Lab 1's grading against the unavoidable, and seconds of the other labs', measured in turn."""

    lab1: Comparison
    others_s: Mapping[str, Sequence[float]]

    @property
    def is_within_limit(self) -> bool:
        """Does lab 1 keep the promise? The others have no limit of their own."""
        return self.lab1.is_within_limit

    def table(self) -> Table:
        """Return lab 1's table with a row for each other lab."""
        drawn = self.lab1.table()
        drawn.add_section()
        for lab, times_s in self.others_s.items():
            median_s = statistics.median(times_s)
            ratio = median_s / self.lab1.ours_median_s
            drawn.add_row(f"scripts/grade {lab}, {ratio:.2f} times lab 1's", ms(median_s))
        return drawn


def measure(root: Path, rounds: int) -> Gradings:
    """Do each in turn, `rounds` times after one that only warms caches."""
    labs_s: dict[str, list[float]] = {lab: [] for lab in lab_names(root)}
    pytest_s: list[float] = []
    pair_s: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch, "test_empty.py")
        empty.write_text("def test_empty(): pass\n")
        for _ in range(rounds + 1):
            for lab, times_s in labs_s.items():
                times_s.append(grade(root, lab))
            pytest_s.append(start_pytest(empty))
            pair_s.append(start_pair())
    lab1_s, *_ = labs_s.values()
    lab1 = Comparison(
        ours="scripts/grade lab1 --submission labs/lab1/reference",
        ours_s=lab1_s[1:],
        bare_s={
            "pytest with one empty test": pytest_s[1:],
            "a network and two containers, up and down": pair_s[1:],
        },
        limit=LIMIT,
    )
    return Gradings(lab1, {lab: times_s[1:] for lab, times_s in labs_s.items() if lab != "lab1"})


def grade(root: Path, lab: str) -> float:
    """Return the seconds of one grading, start and clean-up included; raises if a check fails."""
    reference = f"labs/{lab}/reference"
    return timed([str(root / "scripts/grade"), lab, "--submission", reference], root)


def start_pytest(test: Path) -> float:
    """Return the seconds that pytest takes for next to nothing."""
    return timed([sys.executable, "-m", "pytest", "-q", "--no-header", str(test)], test.parent)


def start_pair() -> float:
    """Return the seconds of one network and two containers on it through the engine's API."""
    started_s = time.perf_counter()
    engine = docker.from_env()
    network = engine.networks.create("socklab-bench", internal=True, labels=LABELS)
    containers = []
    try:
        for _ in range(2):
            containers.append(
                engine.containers.run(
                    IMAGE, ["sleep", "infinity"], network=network.name, labels=LABELS, detach=True
                )
            )
    finally:
        for container in containers:
            container.remove(force=True)
        network.remove()
        engine.close()
    return time.perf_counter() - started_s


def timed(command: list[str], folder: Path) -> float:
    """Return the seconds of a command that has to succeed."""
    started_s = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    return time.perf_counter() - started_s
