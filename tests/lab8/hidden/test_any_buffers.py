"""Lab 8, hidden: both programs, with buffers that the seed draws, and the packets between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab8.programs import expect_end, reported, serve, start
from wire.note import Note

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seed import Draws

NAPS_S = (1.0, 5.0)  # after half a second fill.py reports; on a busy machine the second nap is long
MUCH_BYTES = 1_000_000


@pytest.mark.limit(20)
@pytest.mark.points(2)
@pytest.mark.requires(
    "server-takes-backlog",
    "server-reports-waiting",
    "server-reports-buffer",
    "fill-sends-all",
    "fill-reports-taken",
    "fill-reports-buffer",
)
def test_programs_agree(server: Host, client: Host, port: int, seed: Draws) -> None:
    """What the server holds and what is unacknowledged make up what was taken.
    服务器积压的加上还没有得到确认的，正好是内核收下的。
    """
    size = MUCH_BYTES + seed.number(1, 1000)
    sizes = seed.number(10_000, 90_000), seed.number(10_000, 90_000)
    for number, nap_s in enumerate(NAPS_S):
        serving = serve(server, port + number, nap_s, 1, sizes[0])
        with client.capture() as packets:
            sending = start(client, "fill.py", "server", port + number, size, 8.0, sizes[1])
            taken, unacknowledged = (
                number_of(reported(sending, name)) for name in ("taken", "unacknowledged")
            )
            was_in_time = b"waiting:" not in serving.stdout
            waiting = number_of(reported(serving, "waiting", timeout_s=nap_s + 3.0))
        if was_in_time:
            break
    (conversation,) = packets.conversations(port + number)
    expect.that(
        taken == unacknowledged + waiting and bool(conversation.notes.get(Note.ZERO_WINDOW)),
        saw=Text(
            "taken {taken:,}, unacknowledged {unacknowledged:,}, waiting at the server {waiting:,}",
            "收下 {taken:,}，未确认 {unacknowledged:,}，在服务器上积压 {waiting:,}",
        ).fill(taken=taken, unacknowledged=unacknowledged, waiting=waiting),
        wanted=Text(
            "the first is the sum of the others, and the window is zero",
            "第一个数等于后两个之和，窗口为零",
        ),
    )
    line = f"server: received {size} bytes"
    expect_end(sending, port, status=0, line=line, limit_s=4.0, hint=WHOLE)


def number_of(value: str) -> int:
    """Read a number of a report; what is none is -1, which agrees with nothing."""
    return int(value) if value.isdecimal() else -1


WHOLE = Text("all bytes come, and both say so", "全部字节到达，双方都这样说")
