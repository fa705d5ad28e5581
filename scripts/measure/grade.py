"""`scripts/grade lab1` on the reference, against pytest's start and a fresh pair of containers."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import docker

from measure.comparison import Comparison

LIMIT = 2.5
ROUNDS = 7
IMAGE = "socklab/host"
LABELS = {"socklab": "bench"}


def measure(root: Path, rounds: int) -> Comparison:
    """Do each in turn, `rounds` times after one that only warms caches."""
    ours_s: list[float] = []
    pytest_s: list[float] = []
    pair_s: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch, "test_empty.py")
        empty.write_text("def test_empty(): pass\n")
        for _ in range(rounds + 1):
            ours_s.append(grade(root))
            pytest_s.append(start_pytest(empty))
            pair_s.append(start_pair())
    return Comparison(
        ours="scripts/grade lab1 --submission labs/lab1/reference",
        ours_s=ours_s[1:],
        bare_s={
            "pytest with one empty test": pytest_s[1:],
            "a network and two containers, up and down": pair_s[1:],
        },
        limit=LIMIT,
    )


def grade(root: Path) -> float:
    """Return the seconds of one grading, start and clean-up included; raises if a check fails."""
    return timed([str(root / "scripts/grade"), "lab1", "--submission", "labs/lab1/reference"], root)


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
