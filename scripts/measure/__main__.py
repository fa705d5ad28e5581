"""scripts/bench: measures what we promise against what nobody can avoid, in one run.

Exit status: 0 within the limit, 1 over it, 2 wrong usage, 3 could not measure, 130 Ctrl-C.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table

from measure import class_run, command, grade, repeat, setup, soak, transfer, up, wire


class Result(Protocol):
    """What a benchmark found."""

    @property
    def is_within_limit(self) -> bool: ...  # noqa: D102
    def table(self) -> Table: ...  # noqa: D102


class Benchmark(Protocol):
    """A module of this package."""

    ROUNDS: int

    def measure(self, root: Path, rounds: int) -> Result: ...  # noqa: D102


LAST_LINES = 20
ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS: dict[str, Benchmark] = {
    "setup": setup,
    "up": up,
    "grade": grade,
    "command": command,
    "transfer": transfer,
    "repeat": repeat,
    "class": class_run,
    "soak": soak,
    "wire": wire,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    os.environ.pop("PYTHONPATH", None)
    options = parser().parse_args(arguments)
    benchmark = BENCHMARKS[options.benchmark]
    try:
        result = benchmark.measure(ROOT, options.rounds or benchmark.ROUNDS)
    except KeyboardInterrupt:
        return 130
    except Exception as problem:  # whatever it is, it is not a result
        told = f"scripts/bench {options.benchmark} could not measure: {problem}"
        print(told, *printed_by(problem), sep="\n", file=sys.stderr)
        return 3
    Console().print(result.table())
    return 0 if result.is_within_limit else 1


def printed_by(problem: Exception) -> list[str]:
    """Return the last lines that a command printed which has failed."""
    if not isinstance(problem, subprocess.CalledProcessError):
        return []
    printed = problem.stderr or problem.stdout or ""
    text = printed.decode(errors="replace") if isinstance(printed, bytes) else printed
    return text.splitlines()[-LAST_LINES:]


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    grammar = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    benchmarks = grammar.add_subparsers(dest="benchmark", required=True)
    for name, benchmark in BENCHMARKS.items():
        about = (benchmark.__doc__ or "").splitlines()[0]
        words = benchmarks.add_parser(name, help=about, description=benchmark.__doc__)
        words.add_argument("--rounds", type=positive, help=f"default {benchmark.ROUNDS}")
    return grammar


def positive(word: str) -> int:
    """Read a number of rounds; argparse turns ValueError into wrong usage."""
    number = int(word)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
