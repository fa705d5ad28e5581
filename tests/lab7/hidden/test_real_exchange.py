"""Lab 7, hidden: observe.py on what the server's host has captured in this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab7.observations import expect_report
from lab7.programs import HALF_CLOSE, rows, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

FEWEST_ROWS, MOST_ROWS = 10, 400


@pytest.mark.points(1)
@pytest.mark.requires(
    *("server-answers-half-close", "observe-reads-handshake", "observe-counts-bytes"),
    *("observe-tells-close", "observe-finds-retransmission"),
)
def test_observe_reads_real_exchange(
    server: Host, client: Host, peer: Peer, port: int, seed: Draws
) -> None:
    """The report is right for a half-close of this run, with data after the first FIN.
    对本次运行中的半关闭连接，报告正确，包括第一个 FIN 之后的数据。
    """
    serve(server, port)
    data = rows(seed.number(FEWEST_ROWS, MOST_ROWS), seed)
    with server.capture() as capture:
        connection = peer.connect("server", port)
        connection.send(f"{HALF_CLOSE}\n".encode() + data)
        connection.shutdown()
        connection.receive_until_end()
        connection.close()
    conversation = capture.conversations(port)[0]
    syn, syn_ack, ack = conversation.segments[:3]
    wanted = {
        "opened by": f"{connection.local[0]} port {connection.local[1]}",
        "SYN": f"seq {syn.sequence}",
        "SYN-ACK": f"seq {syn_ack.sequence} ack {syn_ack.acknowledgement}",
        "ACK": f"seq {ack.sequence} ack {ack.acknowledgement}",
        "bytes from client": str(len(HALF_CLOSE) + 1 + len(data)),
        "bytes from server": str(len(data)),
        "closed first": "client",
        "ended with": "FIN",
    }
    hint = Text("data may follow the first FIN", "第一个 FIN 之后还可能有数据")
    expect_report(client, conversation.segments, wanted, hint=hint)
