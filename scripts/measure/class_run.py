"""A class of lab 1, against the engine's own floor and a loop of compose, pytest and down.

ROUNDS is the number of submissions, the reference and all mistakes in turn. A tenth of them is
graded before, and a tenth of that where these are ten or more: what one submission costs must not
grow with the class, nor must the coordinator. --rounds 1000 shows 10, 100 and 1,000.
"""

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import docker
from rich.table import Table

from acceptance.variants import lay_out
from grader.classroom.cluster import default_jobs

ROUNDS = 40
LIMIT = 1.6  # times the engine's floor
FASTER = 5  # times faster than the loop
GROWTH_MIB = 50
LOOPS = 2
IMAGE = "socklab/host"
LABELS = {"socklab": "bench"}
PROJECT = "socklab-bench-loop"
NET = "10.209.77"
CHECKS = 20
TEST = f"""
import pytest, testinfra
host = testinfra.get_host("docker://{PROJECT}-lab1-server-1")
@pytest.mark.parametrize("number", range({CHECKS}))
def test_listens(number):
    assert host.socket("tcp://0.0.0.0:8080").is_listening
"""


@dataclass(frozen=True)
class Class:
    """One run of scripts/grade: how many submissions, how long, how much memory.

    The memory is the most that the coordinator has had.
    """

    size: int
    elapsed_s: float
    memory_mib: float

    @property
    def each_s(self) -> float:
        """Return the seconds for one submission, start and report included."""
        return self.elapsed_s / self.size


@dataclass(frozen=True)
class Result:
    """Classes of two sizes, and seconds of a pair and of the loop, measured around them."""

    jobs: int
    classes: Sequence[Class]
    pair_s: Sequence[float]
    loop_s: Sequence[float]

    @property
    def ratio(self) -> float:
        """Return how many times the floor a submission takes."""
        return self.classes[-1].each_s / statistics.mean(self.pair_s)

    @property
    def times_faster(self) -> float:
        """Return how many times faster than the loop a submission is."""
        return statistics.median(self.loop_s) / self.classes[-1].each_s

    @property
    def growth_mib(self) -> float:
        """Return how much more memory the larger class takes."""
        return self.classes[-1].memory_mib - self.classes[0].memory_mib

    @property
    def is_within_limit(self) -> bool:
        """Do we keep all promises?"""
        return self.ratio <= LIMIT and self.times_faster >= FASTER and self.growth_mib <= GROWTH_MIB

    def table(self) -> Table:
        """Return what was measured, and each ratio with its limit."""
        drawn = Table(title=f"lab1, {self.jobs} at once")
        drawn.add_column("")
        drawn.add_column("ms each", justify="right")
        drawn.add_column("MiB", justify="right")
        pair, loop = statistics.mean(self.pair_s), statistics.median(self.loop_s)
        drawn.add_row(f"a fresh pair of containers, {self.jobs} at once", _ms(pair), "")
        drawn.add_row(f"compose up --wait, pytest with {CHECKS} checks, down", _ms(loop), "")
        for one in self.classes:
            told = f"scripts/grade, {one.size} submissions"
            drawn.add_row(told, _ms(one.each_s), f"{one.memory_mib:.0f}")
        drawn.add_section()
        drawn.add_row(f"times a fresh pair (limit {LIMIT})", f"{self.ratio:.2f}", "")
        drawn.add_row(
            f"times faster than the loop (limit {FASTER})", f"{self.times_faster:.1f}", ""
        )
        drawn.add_row(f"growth of memory (limit {GROWTH_MIB})", "", f"{self.growth_mib:.0f}")
        return drawn


def measure(root: Path, rounds: int) -> Result:
    """Measure pairs before and after each class, so that a busy machine is as busy for both."""
    jobs = default_jobs()
    pair_s, classes = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes(rounds):
            pair_s.append(pairs(jobs, count=max(2 * jobs, size // 2)))
            classes.append(grade(root, Path(scratch, str(size)), size))
        pair_s = [pair_s[-1], pairs(jobs, count=max(2 * jobs, rounds // 2))]
        test = Path(scratch, "test_loop.py")
        test.write_text(TEST)
        loop_s = [loop(root, test) for _ in range(LOOPS)]
    return Result(jobs, classes, pair_s, loop_s)


def sizes(rounds: int) -> list[int]:
    """Return the sizes of classes: 10, 100 and 1000 for 1000; 4 and 40 for 40."""
    hundredth = [rounds // 100] if rounds >= 1000 else []
    return [*hundredth, max(2, rounds // 10), rounds]


def grade(root: Path, folder: Path, size: int) -> Class:
    """Grade so many submissions by the command that a teacher types."""
    reference = root / "labs/lab1/reference"
    kinds = [reference, *sorted((root / "tests/lab1/mistakes").iterdir())]
    for number, kind in zip(range(size), itertools.cycle(kinds), strict=False):
        target = folder / "class" / f"{number:04}-{kind.name}"
        lay_out("lab1", kind, target)
    place = ["--submissions", str(folder / "class"), "--out", str(folder / "out")]
    words = ["lab1", *place, "--seed", "1"]
    started_s = time.perf_counter()
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen([root / "scripts/grade", *words], stdout=said, stderr=said)
    _, status, used = os.wait4(process.pid, 0)
    elapsed_s = time.perf_counter() - started_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError((folder / "said.txt").read_text()[-500:])
    return Class(size, elapsed_s, used.ru_maxrss / 1024)


def pairs(jobs: int, *, count: int) -> float:
    """Return the seconds of one fresh pair of containers, with so many made at the same time.

    Nothing is in them but a process that sleeps, and their networks are made before.
    """
    engine = docker.from_env()
    networks = [
        engine.networks.create(f"socklab-bench-{number}", internal=True, labels=LABELS)
        for number in range(jobs)
    ]

    def pair(number: int) -> None:
        network = str(networks[number % jobs].name)
        made = [
            engine.containers.run(
                IMAGE, ["sleep", "infinity"], network=network, labels=LABELS, detach=True
            )
            for _ in range(2)
        ]
        for container in made:
            container.remove(force=True)

    try:
        with ThreadPoolExecutor(jobs) as threads:
            started_s = time.perf_counter()
            list(threads.map(pair, range(count)))
            return (time.perf_counter() - started_s) / count
    finally:
        for network in networks:
            network.remove()
        engine.close()


def loop(root: Path, test: Path) -> float:
    """Return the seconds of one turn of the loop that others write."""
    compose = ["docker", "compose", "--project-name", PROJECT]
    environment = os.environ | {"LAB1_NET": NET}
    started_s = time.perf_counter()
    try:
        for command in (
            [*compose, "up", "--detach", "--wait", "lab1"],
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        ):
            folder = root if command[0] == "docker" else test.parent
            subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    finally:
        subprocess.run(
            [*compose, "down", "--volumes"],
            cwd=root,
            env=environment,
            check=True,
            capture_output=True,
        )
    return time.perf_counter() - started_s


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"
