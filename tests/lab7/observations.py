"""observe.py on captures of ours: its report against what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from grader import hints
from grader.conversation import draw_packets
from grader.errors import CheckFailed, GraderError
from grader.language import Text, same
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state
from lab7.captures import GAP_S, to_pcap

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program
    from wire.packet import Segment

REPORT_TIMEOUT_S = 5.0


def expect_report(
    client: Host,
    segments: Sequence[Segment],
    wanted: Mapping[str, str],
    *,
    hint: Text,
    name: str = "capture",
    noise: bool = False,
) -> None:
    """Run observe.py on a capture of these segments; fail unless its report has the wanted lines.

    The failure's steps show the capture.
    """
    path = f"/tmp/{name}.pcap"  # noqa: S108 - the host's own, new for each check
    put(client, path, to_pcap(segments, noise=noise))
    program = client.start("python3", "observe.py", path, stdin=b"")
    program.wait(REPORT_TIMEOUT_S)
    try:
        for each, value in wanted.items():
            expect_line(program, each, value, hint=hint)
    except CheckFailed:
        names = {end.address: end.address for end in (segments[0].source, segments[0].target)}
        at_s = program.started_at_s
        shown = [
            replace(segment, time_s=at_s + number * GAP_S / 1000)
            for number, segment in enumerate(segments)
        ]
        client.steps.note_packets(lambda: draw_packets(shown, names=names))
        raise


def expect_line(program: Program, name: str, wanted: str, *, hint: Text) -> None:
    """Fail unless the report of a program that has ended has the line NAME: VALUE."""
    line = rb"^" + re.escape(name.encode()) + rb":[ \t]*(.*?)[ \t\r]*$"
    found = re.search(line, program.stdout, re.MULTILINE)
    value = found[1].decode(errors="backslashreplace") if found else None
    if value == wanted:
        return
    told = same("{line}").fill(line=f"{name}: {wanted}")
    if value is not None:
        saw = same("{line}").fill(line=f"{name}: {value}")
        raise CheckFailed(Lesson(saw, told, hint))
    seen = gather(program.host, program)
    saw = Text("no line {name} in its output; {state}", "输出里没有 {name} 这一行；{state}").fill(
        name=f"{name}:", state=tell_state(seen)
    )
    raise CheckFailed(Lesson(saw, told, hints.explain(seen, otherwise=hint)))


def put(host: Host, path: str, data: bytes) -> None:
    """Write a file on a host."""
    done = host.run("sh", "-c", 'cat > "$1"', "sh", path, stdin=data)
    if done.exit_status:
        raise GraderError(f"{path} on {host.name}: {done.stderr.decode(errors='replace')}")
