"""scripts/bench: measures what we promise against what nobody can avoid, in one run.

Exit status: 0 within the limit, 1 over it, 2 wrong usage, 3 the measurement itself failed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from measure import setup, up
from measure.comparison import Comparison

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = {"setup": setup, "up": up}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    os.environ.pop("PYTHONPATH", None)
    options = parser().parse_args(arguments)
    benchmark = BENCHMARKS[options.benchmark]
    try:
        comparison = benchmark.measure(ROOT, options.rounds or benchmark.ROUNDS)
    except Exception as problem:  # whatever it is, it is not a result
        print(f"scripts/bench {options.benchmark} could not measure: {problem}", file=sys.stderr)
        return 3
    Console().print(table(comparison))
    return 0 if comparison.is_within_limit else 1


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    grammar = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    benchmarks = grammar.add_subparsers(dest="benchmark", required=True)
    for name, benchmark in BENCHMARKS.items():
        about = (benchmark.__doc__ or "").splitlines()[0]
        command = benchmarks.add_parser(name, help=about, description=benchmark.__doc__)
        command.add_argument("--rounds", type=int, help=f"default {benchmark.ROUNDS}")
    return grammar


def table(comparison: Comparison) -> Table:
    """Return the comparison as the table that is printed: medians, and the ratio with its limit."""
    rounds = len(comparison.ours_s)
    drawn = Table(title=f"median of {rounds} round{'s' if rounds > 1 else ''}", show_footer=True)
    verdict = "within" if comparison.is_within_limit else "OVER"
    drawn.add_column("", footer=f"ratio ({verdict} the limit of {comparison.limit})")
    drawn.add_column("s", justify="right", footer=f"{comparison.ratio:.2f}")
    for step, median_s in comparison.bare_medians_s.items():
        drawn.add_row(step, f"{median_s:.2f}")
    drawn.add_row("sum of the unavoidable", f"{sum(comparison.bare_medians_s.values()):.2f}")
    drawn.add_row(comparison.ours, f"{comparison.ours_median_s:.2f}")
    return drawn


if __name__ == "__main__":
    sys.exit(main())
