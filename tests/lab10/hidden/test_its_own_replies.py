"""Lab 10, hidden: two ping.py at once, whose replies come too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab10.pings import expect_status, expect_summary, in_time, read, requests, wait
from lab10.programs import start

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seams import Impair

COUNT = 3
DELAY = "delay 750ms from server"  # in the middle of the next request's half second


@pytest.mark.points(1)
@pytest.mark.limit(20)  # the first bad network of a submission takes a while
@pytest.mark.requires("ping-ignores-others")
def test_ping_tells_its_own_replies(server: Host, client: Host, impair: Impair) -> None:
    """Two ping.py tell their replies apart, and a late one from that of the next request.
    两个 ping.py 能分清各自的应答，也不会把迟到的应答当成下一个请求的。
    """
    with impair(DELAY), client.capture() as capture:
        programs = [start(client, "ping.py", server.address, str(COUNT)) for _ in range(2)]
        for program in programs:
            wait(program)
    identifiers = {each.identifier for each in requests(capture)}
    expect.that(
        len(identifiers) == len(programs),
        saw=Text(
            "two ping.py at once use {n} identifier", "同时运行的两个 ping.py 用了 {n} 个标识符"
        ).fill(n=len(identifiers)),
        wanted=Text("each has one of its own", "各用各的"),
        hint=Text(
            "the process number is an identifier that no other program has: os.getpid() & 0xFFFF",
            "进程号是别的程序没有的标识符：os.getpid() & 0xFFFF",
        ),
    )
    _, most = in_time(capture)  # none, unless the delay failed to delay
    for program in programs:
        found = read(program).summary
        received = min(found[1] if found else 0, most)
        expect_summary(
            program,
            transmitted=COUNT,
            received=received,
            hint=Text(
                "what comes after half a second counts as lost: compare the sequence number, too",
                "超过半秒才到的算丢失：序号也要比较",
            ),
        )
        expect_status(program, 0 if received else 1)
