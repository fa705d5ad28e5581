"""Two ways to the same end, and how much longer ours takes."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Comparison:
    """Seconds of each round: `ours_s` in all, `bare_s` by step; measured in turn in one run."""

    ours: str
    ours_s: Sequence[float]
    bare_s: Mapping[str, Sequence[float]]
    limit: float

    @property
    def ours_median_s(self) -> float:
        """Return the median of our rounds."""
        return statistics.median(self.ours_s)

    @property
    def bare_medians_s(self) -> dict[str, float]:
        """Return the median of each bare step."""
        return {step: statistics.median(times_s) for step, times_s in self.bare_s.items()}

    @property
    def ratio(self) -> float:
        """Return how many times the sum of the bare steps ours takes."""
        return self.ours_median_s / sum(self.bare_medians_s.values())

    @property
    def is_within_limit(self) -> bool:
        """Do we keep the promise?"""
        return self.ratio <= self.limit

    def table(self) -> Table:
        """Return the medians, and the ratio with its limit, as they are printed."""
        rounds = len(self.ours_s)
        verdict = "within" if self.is_within_limit else "OVER"
        drawn = Table(title=f"median of {rounds} round{'s' * (rounds > 1)}", show_footer=True)
        drawn.add_column("", footer=f"ratio ({verdict} the limit of {self.limit})")
        drawn.add_column("ms", justify="right", footer=f"{self.ratio:.2f}")
        bare_s = self.bare_medians_s
        for step, median_s in bare_s.items():
            drawn.add_row(step, ms(median_s))
        if len(bare_s) > 1:
            drawn.add_row("sum of the unavoidable", ms(sum(bare_s.values())))
        drawn.add_row(self.ours, ms(self.ours_median_s))
        return drawn


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:,.1f}"
