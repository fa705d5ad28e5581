"""Lab 10's ping.py: what it says, and what passed its host's interface meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader import expect, hints
from grader.errors import CheckFailed
from grader.language import Text, same
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state
from lab10.programs import start
from wire.packet import Echo

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture
    from grader.program import Program

PATIENCE_S = 0.5  # as the handout has it
MARGIN_S = 0.1  # a reply as near as this to the end of the patience counts either way
END_TIMEOUT_S = 6.0
ANSWERED = re.compile(
    r"^(?P<length>\d+) bytes from (?P<address>\S+): icmp_seq=(?P<sequence>\d+)"
    r" ttl=(?P<ttl>\d+) time=(?P<time>[\d.]+) ms\s*$",
    re.MULTILINE,
)
SILENT = re.compile(r"^no answer: icmp_seq=(\d+)\s*$", re.MULTILINE)
SUMMARY = re.compile(
    r"^(\d+) packets transmitted, (\d+) received, ([\d.]+)% packet loss\s*$", re.MULTILINE
)
TIMES = re.compile(r"^rtt min/avg/max = ([\d.]+)/([\d.]+)/([\d.]+) ms\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Answered:
    """A line of ping.py about a reply."""

    length: int
    address: str
    sequence: int
    ttl: int
    time_ms: float


@dataclass(frozen=True)
class Said:
    """All that ping.py has printed; `summary` is transmitted, received, loss in percent."""

    answered: tuple[Answered, ...]
    silent: tuple[int, ...]
    summary: tuple[int, int, float] | None
    times_ms: tuple[float, ...]


def ping(client: Host, *arguments: str, timeout_s: float = END_TIMEOUT_S) -> Program:
    """Run ping.py to its end; fails if it does not come."""
    program = start(client, "ping.py", *arguments)
    wait(program, timeout_s=timeout_s)
    return program


def wait(program: Program, *, timeout_s: float = END_TIMEOUT_S) -> None:
    """Wait for the end of a ping.py; fails if it does not come, or by an exception."""
    program.wait(timeout_s)
    seen = gather(program.host, program)
    if program.exit_status is not None and not seen.raised:
        return
    raise CheckFailed(
        Lesson(
            saw=tell_state(seen),
            wanted=Text("ping.py ends", "ping.py 结束"),
            hint=hints.explain(seen, otherwise=DEADLINE),
        )
    )


def read(program: Program) -> Said:
    """Read what a ping.py has printed."""
    text = program.stdout.decode(errors="replace")
    summary, times = SUMMARY.search(text), TIMES.search(text)
    return Said(
        answered=tuple(
            Answered(
                length=int(each["length"]),
                address=each["address"],
                sequence=int(each["sequence"]),
                ttl=int(each["ttl"]),
                time_ms=float(each["time"]),
            )
            for each in ANSWERED.finditer(text)
        ),
        silent=tuple(int(each) for each in SILENT.findall(text)),
        summary=(int(summary[1]), int(summary[2]), float(summary[3])) if summary else None,
        times_ms=tuple(float(each) for each in times.groups()) if times else (),
    )


def requests(capture: Capture) -> list[Echo]:
    """Give the echo requests in a capture."""
    return [each for each in capture.packets() if isinstance(each, Echo) and not each.is_reply]


def round_trips_s(capture: Capture) -> dict[tuple[int, int], float]:
    """Give by identifier and sequence number the time between a request and its reply."""
    sent = {(each.identifier, each.sequence): each.time_s for each in requests(capture)}
    return {
        (each.identifier, each.sequence): each.time_s - sent[each.identifier, each.sequence]
        for each in capture.packets()
        if isinstance(each, Echo) and each.is_reply and (each.identifier, each.sequence) in sent
    }


def in_time(capture: Capture) -> tuple[int, int]:
    """Count the replies that came in time: the fewest and the most that may be said to have."""
    took_s = round_trips_s(capture).values()
    fewest, most = (
        sum(each < PATIENCE_S + margin_s for each in took_s) for margin_s in (-MARGIN_S, MARGIN_S)
    )
    return fewest, most


def expect_summary(program: Program, *, transmitted: int, received: int, hint: Text) -> None:
    """Fail unless the last lines have these numbers, and so many lines say so one by one."""
    said = read(program)
    if said.summary is None or said.summary[:2] != (transmitted, received):
        raise missed(program, SUMMARY, summary_line(transmitted, received), hint)
    expect.that(
        len(said.answered) == received and len(said.silent) == transmitted - received,
        saw=Text(
            "{answered} lines about replies, {silent} about none",
            "{answered} 行说有应答，{silent} 行说没有应答",
        ).fill(answered=len(said.answered), silent=len(said.silent)),
        wanted=Text("{answered} and {silent}", "分别是 {answered} 行和 {silent} 行").fill(
            answered=received, silent=transmitted - received
        ),
        hint=hint,
    )


def expect_loss(program: Program, *, hint: Text) -> None:
    """Fail unless the percentage is right for the numbers before it."""
    transmitted, received, percent = read(program).summary or (1, 0, 0.0)
    if abs(percent - 100 * (transmitted - received) / transmitted) >= 1:
        raise missed(program, SUMMARY, summary_line(transmitted, received), hint)


def summary_line(transmitted: int, received: int) -> str:
    """Write the line as the handout has it."""
    loss = 100 * (transmitted - received) / transmitted
    return f"{transmitted} packets transmitted, {received} received, {loss:.0f}% packet loss"


def expect_status(program: Program, status: int) -> None:
    """Fail unless it ended with this status, as ping(8) does."""
    expect.ended(
        program,
        status=status,
        hint=Text(
            "as ping(8): status 0 when at least one reply came, 1 when none did: sys.exit(1)",
            "与 ping(8) 一样：至少收到一个应答时状态码为 0，一个都没有时为 1：sys.exit(1)",
        ),
    )


def missed(program: Program, pattern: re.Pattern[str], wanted: str, hint: Text) -> CheckFailed:
    """Make the failure of a line that is missing, or has other words."""
    found = pattern.search(program.stdout.decode(errors="replace"))
    seen = gather(program.host, program)
    saw = (
        same("{line}").fill(line=found[0].strip())
        if found
        else Text("no such line; {state}", "没有这样的一行；{state}").fill(state=tell_state(seen))
    )
    return CheckFailed(Lesson(saw, same("{line}").fill(line=wanted), hint))


DEADLINE = Text(
    "settimeout() is for one recvfrom(), and others' messages come again and again: wait until a"
    " fixed point of time",
    "settimeout() 只管一次 recvfrom()，而别人的报文会不断到来：应当等到一个固定的时刻为止",
)
