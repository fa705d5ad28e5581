"""Lab 7, observe.py: what it tells of captures whose ends, numbers and sizes the seed has drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab7.captures import exchange
from lab7.observations import expect_report
from wire.packet import Flags

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seed import Draws


@pytest.mark.points(1)
def test_observe_reads_handshake(client: Host, seed: Draws) -> None:
    """observe.py tells who opened, and the numbers of the handshake's three segments.
    observe.py 指出谁发起了连接，以及三次握手的三个报文段各自的序号。
    """
    older = exchange(seed)  # its end is still in the file
    older.send("server", seed.number(100, 900))
    older.close("server")
    seen = exchange(seed)
    seen.open()
    syn, syn_ack, ack = seen.segments
    seen.send("client", seed.number(10, 90))
    wanted = {
        "opened by": seen.client,
        "SYN": f"seq {syn.sequence}",
        "SYN-ACK": f"seq {syn_ack.sequence} ack {syn_ack.acknowledgement}",
        "ACK": f"seq {ack.sequence} ack {ack.acknowledgement}",
    }
    segments = [*older.segments[:3], syn, *older.segments[3:], *seen.segments[1:]]
    expect_report(
        client,
        segments,
        wanted,
        noise=True,
        hint=Text(
            "who opens sends a SYN without ACK; what is not between the same two ends belongs to"
            " another connection. The numbers are those of the header",
            "发起连接的一方发送不带 ACK 的 SYN；不在同样两端之间的报文段属于别的连接。"
            "序号要用首部里的原值",
        ),
    )


@pytest.mark.points(1)
def test_observe_counts_bytes(client: Host, seed: Draws) -> None:
    """observe.py counts the bytes of data each way, each once.
    observe.py 统计两个方向各传了多少字节的数据，每个字节只数一次。
    """
    seen = exchange(seed)
    seen.open()
    asked = [seed.number(10, 900) for _ in range(3)]
    answered = [seed.number(1000, 30_000) for _ in range(3)]
    _, again, _ = seen.send("client", *asked)
    seen.repeat(again)
    seen.repeat(seen.send("server", *answered)[-1])
    seen.close("client")
    expect_report(
        client,
        seen.segments,
        {"bytes from client": str(sum(asked)), "bytes from server": str(sum(answered))},
        hint=Text(
            "what is sent again counts once; SYN and FIN take a number each, and are no data",
            "重传的数据只数一次；SYN 和 FIN 各占一个序号，但不是数据",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.limit(30)
def test_observe_tells_close(client: Host, seed: Draws) -> None:
    """observe.py tells who closed first, and whether FIN or RST has ended the connection.
    observe.py 指出谁先关闭，以及连接是用 FIN 还是 RST 结束的。
    """
    for name, closed_first, ended_with in (
        ("client-first", "client", "FIN"),
        ("server-first", "server", "FIN"),
        ("reset", "-", "RST"),
        ("reset-after-fin", "server", "RST"),
        ("half-closed", "client", "-"),
    ):
        seen = exchange(seed)
        seen.open()
        seen.send("client", seed.number(10, 90))
        if name == "client-first":
            seen.close("client")
        elif name == "server-first":
            seen.close("server")
        elif name == "reset":
            seen.put("client", Flags.RST | Flags.ACK)
        elif name == "reset-after-fin":
            seen.put("server", Flags.FIN | Flags.ACK)
            seen.put("client", Flags.ACK)
            seen.put("client", Flags.RST | Flags.ACK)
        else:
            seen.put("client", Flags.FIN | Flags.ACK)
            seen.put("server", Flags.ACK)
            seen.send("server", seed.number(10, 90))
        expect_report(
            client,
            seen.segments,
            {"closed first": closed_first, "ended with": ended_with},
            name=name,
            hint=Text(
                "the first FIN tells who closed first, a RST closes nothing politely: RST if there"
                " is one, FIN if both sides have sent theirs, else -",
                "谁先关闭看第一个 FIN，RST 不算；有 RST 就是 RST，"
                "双方都发了 FIN 才是 FIN，否则是 -",
            ),
        )


@pytest.mark.points(1)
@pytest.mark.limit(30)
def test_observe_finds_retransmission(client: Host, seed: Draws) -> None:
    """observe.py tells whether anything was retransmitted.
    observe.py 指出有没有重传。
    """
    for name, retransmitted in (
        ("nothing-twice", "no"),
        ("data-twice", "yes"),
        ("out-of-order", "no"),
        ("syn-twice", "yes"),
    ):
        seen = exchange(seed)
        seen.open()
        sent = seen.send("client", *[seed.number(100, 900) for _ in range(3)])
        if name == "data-twice":
            seen.repeat(sent[1])
        elif name == "out-of-order":
            order = seen.segments
            first, second = order.index(sent[0]), order.index(sent[1])
            order[first], order[second] = order[second], order[first]
        elif name == "syn-twice":
            seen.segments.insert(1, seen.segments[0])
        for _ in range(2):  # an ACK takes no number: it may come again
            seen.put("server", Flags.ACK)
        seen.close("server")
        expect_report(
            client,
            seen.segments,
            {"retransmitted": retransmitted},
            name=name,
            hint=Text(
                "yes if a number that was sent, of a byte, a SYN or a FIN, is sent again by the"
                " same side; an ACK without data takes none, and a lower number that was not seen"
                " before has only been overtaken",
                "同一方把发送过的序号（数据、SYN 或 FIN 的）又发了一次，就是 yes；"
                "不带数据的 ACK 不占序号；序号更小但以前没出现过的，只是被别的报文段超过了",
            ),
        )
