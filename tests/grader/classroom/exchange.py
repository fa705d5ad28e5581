"""The steps of a check as a drawing: a lane for each host, arrows where bytes went. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.language import Text
from grader.steps import Step

LANES = ("server", "peer", "client")
FIRST, LAST = 40, 40  # a check of a thousand steps is still a page
# By the first word of what the peer did: towards the other host, or from it.
_TO, _FROM = ("connects", "sends"), ("accepts", "receives")


@dataclass(frozen=True)
class Line:
    """One step: when, in which lane, what; `arrow` is ◀ or ▶, on the peer's side of its partner."""

    at_s: float
    lane: int
    what: Text
    data: Text | None = None
    arrow: str = ""
    is_cut: bool = False  # it stands for the steps that were left out


@dataclass(frozen=True)
class Exchange:
    """All lanes that are used, and the lines."""

    lanes: tuple[str, ...]
    lines: tuple[Line, ...]


def exchange_of(steps: Sequence[Step]) -> Exchange:
    """Draw the steps of a check; of very many the first and the last."""
    who = {step.who for step in steps}
    lanes = tuple(lane for lane in LANES if lane in who)
    lanes += tuple(sorted(who - set(lanes)))
    partners = [lane for lane in lanes if lane in ("server", "client")]
    partner = lanes.index(partners[0]) if len(partners) == 1 else None
    kept = list(steps)
    left_out = len(kept) - FIRST - LAST
    if left_out > 0:
        kept = [*kept[:FIRST], *kept[-LAST:]]
    lines = [_line(step, steps[0], lanes, partner) for step in kept]
    if left_out > 0:
        lines.insert(FIRST, Line(0.0, 0, MORE.fill(count=left_out), is_cut=True))
    return Exchange(lanes, tuple(lines))


def _line(step: Step, first: Step, lanes: Sequence[str], partner: int | None) -> Line:
    lane = lanes.index(step.who)
    arrow = ""
    verb = step.what.en.split(" ", 1)[0]
    if step.who == "peer" and partner is not None and verb in (*_TO, *_FROM):
        is_left = partner < lane
        arrow = "◀" if is_left == (verb in _TO) else "▶"
    return Line(step.at_s - first.at_s, lane, step.what, step.told_data, arrow)


MORE = Text("… {count} more steps", "……另有 {count} 步")
