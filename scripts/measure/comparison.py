"""Two ways to the same end, and how much longer ours takes."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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
