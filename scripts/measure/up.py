"""`docker compose up lab1`, to its greeting, against `up -d` of three bare containers."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measure.comparison import Comparison

LIMIT = 1.3
ROUNDS = 7
PROJECT = f"socklab-bench-{os.getpid()}"
LAB = {"LAB1_NET": "10.207.251", "LAB_LANG": "en"}  # so that a running lab is not in the way
GREETING = "docker compose exec lab1-client"
START_S = 60


def measure(root: Path, rounds: int) -> Comparison:
    """Bring up both in turn, `rounds` times after one that only warms caches."""
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "compose.yaml"
        bare.write_text(json.dumps(bare_project()))  # JSON is YAML
        pairs = [
            (
                timed(lambda: greet(root), clean=root / "compose.yaml"),
                timed(lambda: start(bare), clean=bare),
            )
            for _ in range(rounds + 1)
        ][1:]
    return Comparison(
        ours="docker compose up lab1, to the greeting",
        ours_s=[ours_s for ours_s, _ in pairs],
        bare_s={"docker compose up -d, three bare containers": [bare_s for _, bare_s in pairs]},
        limit=LIMIT,
    )


def bare_project() -> dict[str, object]:
    """Return a Compose project of the lab's images, without anything the lab adds."""
    images = {"wire": "socklab/wire", "server": "socklab/host", "client": "socklab/host"}
    common = {"entrypoint": ["sleep", "infinity"], "labels": {"socklab": "bench"}}
    return {
        "services": {name: {"image": image, **common} for name, image in images.items()},
        "networks": {"default": {"labels": {"socklab": "bench"}}},
    }


def timed(task: Callable[[], None], *, clean: Path) -> float:
    """Return the seconds that the task takes; take down what it started afterwards, untimed."""
    started_s = time.perf_counter()
    try:
        task()
        return time.perf_counter() - started_s
    finally:
        compose(clean, "down", "--volumes", "--timeout", "0")


def start(file: Path) -> None:
    """Start a project in the background."""
    compose(file, "up", "-d")


def greet(root: Path) -> None:
    """Start lab 1 as a student does, until its greeting is on the screen."""
    with subprocess.Popen(
        command(root / "compose.yaml", "up", "lab1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | LAB,
    ) as process:
        try:
            assert process.stdout is not None
            seen = []
            for line in process.stdout:
                seen.append(line)
                if GREETING in line:
                    return
            raise RuntimeError("docker compose up lab1 ended without a greeting:\n" + "".join(seen))
        finally:
            process.kill()


def compose(file: Path, *arguments: str) -> None:
    """Run docker compose to its end."""
    subprocess.run(
        command(file, *arguments),
        check=True,
        capture_output=True,
        timeout=START_S,
        env=os.environ | LAB,
    )


def command(file: Path, *arguments: str) -> list[str]:
    """Return a docker compose command for a project of our own."""
    return ["docker", "compose", "--file", str(file), "--project-name", PROJECT, *arguments]
