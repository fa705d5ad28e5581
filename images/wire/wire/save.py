"""The command `save`: writes the last TCP connection that the wire has seen as a pcap file.

Into a volume that the lab's hosts can read. Exit status: 0 done, 2 wrong words, 3 nothing to save
or no place for it.
"""

import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wire.board.exports import names_of, to_pcap
from wire.board.runs import find_run, read_records
from wire.events import Counted, Passed, Record
from wire.timeline import HOLD_S
from wire.words import Language, language_of, say

EVENTS = Path("/run/events")
CAPTURES = Path("/captures")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")

# The wire holds back what it has seen for so long while a program is traced.
SETTLE_S = HOLD_S + 0.2


@dataclass(frozen=True)
class Saved:
    """A connection as a file: what to call it, how many segments are in it, how many are not."""

    title: str
    segments: int
    left_out: int
    content: bytes


def main(
    words: Sequence[str],
    *,
    events: Path = EVENTS,
    captures: Path = CAPTURES,
    settle_s: float = SETTLE_S,
) -> int:
    """Do what the words ask for; return the exit status."""
    language = language_of(os.environ.get("LAB_LANG", ""))
    lab = os.environ.get("LAB", "lab1")
    name = words[0] if words else "last"
    if len(words) > 1 or not NAME.fullmatch(name):
        is_help = list(words) in (["-h"], ["--help"])
        print(say("save-help", language, lab=lab), file=sys.stdout if is_help else sys.stderr)
        return 0 if is_help else 2
    if not captures.is_dir():
        return _complain(say("save-no-place", language, lab=lab))
    time.sleep(settle_s)
    run = find_run(events, lab, "")
    saved = last_connection(read_records(run)) if run else None
    if saved is None:
        return _complain(say("save-nothing", language))
    path = captures / f"{name}.pcap"
    try:
        _write(path, saved.content)
    except OSError as error:
        return _complain(say("save-not-written", language, path=path, reason=error.strerror))
    _tell(saved, path, language)
    return 0


def last_connection(records: Sequence[Record]) -> Saved | None:
    """Find the TCP connection that began last; None if there is none. Pure."""
    opened = [each for each in records if isinstance(each, Passed) and _opens(each)]
    if not opened:
        return None
    flow, names = opened[-1].flow, names_of(records)
    mine = [each for each in records if isinstance(each, Passed | Counted) and each.flow == flow]
    ends = " ─── ".join(f"{names.get(end.address, end.address)}:{end.port}" for end in mine[0].ends)
    kept = [each for each in mine if isinstance(each, Passed) and each.frame]
    return Saved(
        title=f"#{flow}  {ends}",
        segments=len(kept),
        left_out=sum(each.count for each in mine if isinstance(each, Counted)),
        content=to_pcap(kept),
    )


def _opens(packet: Passed) -> bool:
    return packet.kind == "TCP" and packet.is_first


def _write(path: Path, content: bytes) -> None:
    """Put the file in its place whole: a program may just be reading the one before."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.chmod(0o644)
    part.replace(path)


def _tell(saved: Saved, path: Path, language: Language) -> None:
    print(say("saved", language, title=saved.title, count=saved.segments, path=path))
    if saved.left_out:
        print(say("saved-left-out", language, count=saved.left_out))


def _complain(text: str) -> int:
    print(f"save: {text}", file=sys.stderr)
    return 3
