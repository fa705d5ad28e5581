"""The steps of a check as a drawing: a lane for each host, arrows where bytes went. Pure.

What a host did stands in its lane; a packet that was captured is an arrow from lane to lane. As on
the wire, who connects is on the left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.language import Text
from grader.steps import WIRE, Step

LANES = ("client", "peer", "server")
FIRST, LAST = 40, 40  # a check of a thousand steps is still a page
# By the first word of what the peer did: towards the other host, or from it.
_TO, _FROM = ("connects", "sends"), ("accepts", "receives")
# A packet as the wire draws it: left host, arrow, right host, contents. ✕ is one that got lost.
_PACKET = re.compile(r"(\S+) (──▶|◀──|──✕|✕──) (\S+) +(.*)", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """One step: when, in which lane, what; `arrow` is ◀ or ▶, where bytes went.

    It stands before the words where the peer's partner is to the left.

    A packet spans `lanes` of them from `lane` on; its arrow is drawn and ends in ◀, ▶ or ✕.
    """

    at_s: float
    lane: int
    what: Text
    data: Text | None = None
    arrow: str = ""
    lanes: int = 1
    from_left: bool = True  # of a packet
    is_arrow_first: bool = False
    is_cut: bool = False  # it stands for the steps that were left out


@dataclass(frozen=True)
class Exchange:
    """All lanes that are used, and the lines."""

    lanes: tuple[str, ...]
    lines: tuple[Line, ...]


def exchange_of(steps: Sequence[Step]) -> Exchange:
    """Draw the steps of a check; of very many the first and the last."""
    who = {name for step in steps for name in _hosts(step)}
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


def _hosts(step: Step) -> tuple[str, ...]:
    """Name whose lanes a step needs."""
    packet = _packet(step)
    return (packet[1], packet[3]) if packet else (step.who,)


def _packet(step: Step) -> re.Match[str] | None:
    return _PACKET.fullmatch(step.what.en) if step.who == WIRE else None


def _packet_line(packet: re.Match[str], step: Step, first: Step, lanes: Sequence[str]) -> Line:
    ends = [lanes.index(packet[1]), lanes.index(packet[3])]
    if not packet[2].endswith(("▶", "✕")):
        ends.reverse()  # now the sender comes first
    chinese = _PACKET.fullmatch(step.what.zh)
    from_left = ends[0] <= ends[1]
    tip = "▶" if from_left else "◀"
    return Line(
        step.at_s - first.at_s,
        min(ends),
        Text(packet[4], chinese[4] if chinese else packet[4]),
        arrow="✕" if "✕" in packet[2] else tip,
        lanes=abs(ends[0] - ends[1]) + 1,
        from_left=from_left,
    )


def _line(step: Step, first: Step, lanes: Sequence[str], partner: int | None) -> Line:
    if packet := _packet(step):
        return _packet_line(packet, step, first, lanes)
    lane = lanes.index(step.who)
    arrow, is_left = "", False
    verb = step.what.en.split(" ", 1)[0]
    if step.who == "peer" and partner is not None and verb in (*_TO, *_FROM):
        is_left = partner < lane
        arrow = "◀" if is_left == (verb in _TO) else "▶"
    at_s = step.at_s - first.at_s
    return Line(at_s, lane, step.what, step.told_data, arrow, is_arrow_first=is_left)


MORE = Text("… {count} more steps", "……另有 {count} 步")
