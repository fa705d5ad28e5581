"""Lab 7, hidden: a capture in which numbers begin again at 0, and two connections are mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab7.captures import NUMBERS, exchange
from lab7.observations import expect_report

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seed import Draws


@pytest.mark.points(1)
@pytest.mark.requires(
    *("observe-reads-handshake", "observe-counts-bytes"),
    *("observe-tells-close", "observe-finds-retransmission"),
)
def test_observe_reads_any_capture(client: Host, seed: Draws) -> None:
    """The report is right for any capture.
    无论抓到的是什么，报告都正确。
    """
    lengths = [seed.number(1000, 3000) for _ in range(4)]
    before_end = seed.number(1, sum(lengths) - 2)
    seen = exchange(seed, client_isn=NUMBERS - 1 - before_end)
    seen.open()
    client_end, server_end = seen.segments[0].source, seen.segments[0].target
    other = exchange(seed, client=client_end._replace(port=client_end.port + 1), server=server_end)
    other.open()
    other.send("server", seed.number(100, 900))
    other.close("server")
    sent = seen.send("client", *lengths)
    is_repeated = bool(seed.number(0, 1))
    if is_repeated:
        seen.repeat(*sent[1:3])  # Linux joins what it sends again
    seen.close("client")
    mixed = []
    for number, segment in enumerate(seen.segments):
        mixed += [segment, *other.segments[number : number + 1]]
    syn, syn_ack, ack = seen.segments[:3]
    wanted = {
        "opened by": seen.client,
        "SYN": f"seq {syn.sequence}",
        "SYN-ACK": f"seq {syn_ack.sequence} ack {syn_ack.acknowledgement}",
        "ACK": f"seq {ack.sequence} ack {ack.acknowledgement}",
        "bytes from client": str(sum(lengths)),
        "bytes from server": "0",
        "closed first": "client",
        "ended with": "FIN",
        "retransmitted": "yes" if is_repeated else "no",
    }
    hint = Text("2**32 - 1 is followed by 0", "2**32 - 1 之后是 0")
    expect_report(client, mixed, wanted, hint=hint)
