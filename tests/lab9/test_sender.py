"""Lab 9, the sender of a file: the peer is the receiver."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab9.programs import (
    BLOCK_BYTES,
    END_TIMEOUT_S,
    ack,
    blocks,
    expect_block,
    expect_report,
    rows,
    start_sender,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_datagrams import Datagram, DatagramSocket
    from grader.seed import Draws

OLD_ACKS = 20
LOOK_S = 0.3  # three of the sender's waits
# In this time a right sender repeats a block three or four times; one that answers each old ACK,
# 20 times.
MOST_COPIES = 15
FEWEST_TRIES, MOST_TRIES = 15, 25  # the handout says 20, and not which of them counts
REPEAT_TIMEOUT_S = 3.0
GIVES_UP_S = 7.0
SHORTEST_S = 1.0  # 20 waits of 0.1 s are 2 s


@pytest.mark.points(1)
def test_sender_sends_blocks(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The sender sends block after block, each when the one before is acknowledged.
    发送方一块一块地发送，前一块得到确认之后才发下一块。
    """
    data = bytes(seed.number(0, 255) for _ in range(2 * BLOCK_BYTES))
    socket = peer.bind("client", port=port)
    program = start_sender(client, peer.address, port, data)
    before = None
    for number, packet in enumerate(blocks(data), start=1):
        came = expect_block(socket, packet, after=before, hint=BLOCKS)
        socket.send(ack(number), to=came.source)
        before = packet
    expect.ended(program, timeout_s=END_TIMEOUT_S, hint=BLOCKS)


@pytest.mark.points(1)
@pytest.mark.requires("sender-sends-blocks")
def test_sender_ignores_old_acks(client: Host, peer: Peer, port: int) -> None:
    """The sender neither goes on nor sends again because of an old ACK.
    收到旧的 ACK，发送方既不往下发，也不重发。
    """
    data = rows(2 * BLOCK_BYTES + 100)
    first, second, third = blocks(data)
    socket = peer.bind("client", port=port)
    program = start_sender(client, peer.address, port, data)
    came = expect_block(socket, first, hint=BLOCKS)
    socket.send(ack(1), to=came.source)
    came = expect_block(socket, second, after=first, hint=BLOCKS)
    hint = Text(
        "only the ACK of the block that was sent last counts. What is sent again because of an old"
        " ACK brings one more old ACK: then each block goes out twice, to the end of the file"
        " (RFC 1123, 4.2.3.1)",
        "只有刚发的这一块的 ACK 才算数。因为旧的 ACK 而重发，又会引来一个旧的 ACK："
        "从此每一块都要发两遍，直到文件结束（RFC 1123，4.2.3.1）",
    )
    socket.send(*[ack(1)] * OLD_ACKS, to=came.source)
    copies = [each for each in taken_within(socket, LOOK_S) if each.data != first]
    for each in copies:
        expect.same_bytes(each.data, second, hint=hint)
    expect.that(
        len(copies) <= MOST_COPIES,
        saw=Text(
            "after {acks} old ACKs block 2 came more than {most} times again",
            "{acks} 个旧的 ACK 之后，第 2 块又来了 {most} 次以上",
        ).fill(acks=OLD_ACKS, most=MOST_COPIES),
        wanted=Text("again only after 0.1 s without its ACK", "0.1 秒内没有等到它的 ACK 才重发"),
        hint=hint,
    )
    socket.send(ack(2), to=came.source)
    came = expect_block(socket, third, after=second, hint=hint)
    socket.send(ack(3), to=came.source)
    expect.ended(program, timeout_s=END_TIMEOUT_S, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("sender-sends-blocks")
@pytest.mark.limit(20)
def test_sender_repeats_and_gives_up(client: Host, peer: Peer, port: int) -> None:
    """Without an ACK the sender sends the block again after 0.1 s, 20 times at most, then fails.
    等不到 ACK，发送方 0.1 秒后重发这一块，最多 20 次，然后报告失败。
    """
    data = rows(BLOCK_BYTES + 100)
    first, second = blocks(data)
    socket = peer.bind("client", port=port)
    program = start_sender(client, peer.address, port, data)
    expect_block(socket, first, hint=BLOCKS)
    again = socket.receive(timeout_s=REPEAT_TIMEOUT_S, hint=REPEAT)
    expect.same_bytes(again.data, first, hint=REPEAT)
    socket.send(ack(1), to=again.source)
    came = expect_block(socket, second, after=first, hint=REPEAT)
    expect_report(program, saying="", hint=GIVE_UP, timeout_s=GIVES_UP_S)
    copies = [came, *(each for each in socket.receive_all() if each.data != first)]
    took_s = (program.ended_at_s or time.monotonic()) - came.at_s
    is_flood = took_s < SHORTEST_S
    expect.that(
        FEWEST_TRIES <= len(copies) <= MOST_TRIES and not is_flood,
        saw=(IN_NO_TIME if is_flood else TIMES).fill(count=len(copies), limit=SHORTEST_S),
        wanted=Text("20 times, each 0.1 s after the one before", "20 次，每次间隔 0.1 秒"),
        hint=GIVE_UP,
    )


def taken_within(socket: DatagramSocket, limit_s: float) -> list[Datagram]:
    """Take what comes in this time."""
    end_s = time.monotonic() + limit_s
    taken = []
    while (rest_s := end_s - time.monotonic()) > 0:
        if found := socket.receive_within(rest_s):
            taken.append(found)
    return [*taken, *socket.receive_all()]


TIMES = Text("block 2 was sent {count} times", "第 2 块发了 {count} 次")
IN_NO_TIME = Text(
    "block 2 was sent {count} times in less than {limit:g} s",
    "不到 {limit:g} 秒，第 2 块就发了 {count} 次",
)
BLOCKS = Text(
    'a block is b"D", its number in 4 bytes, number.to_bytes(4, "big"), from 1 on, and 512 bytes of'
    " the file; the last has fewer, perhaps 0",
    '一块是 b"D"、4 个字节的编号 number.to_bytes(4, "big")（从 1 开始）和文件的 512 个字节；'
    "最后一块不足 512 字节，可能是 0 字节",
)
REPEAT = Text(
    "the block or its ACK may be lost, and nobody tells: settimeout() for recv(), and send the same"
    " block again at TimeoutError",
    "这一块或者它的 ACK 可能丢失，而且没有任何通知："
    "给 recv() 设 settimeout()，出现 TimeoutError 时重发同一块",
)
GIVE_UP = Text(
    "wait 0.1 s after each time, no less, or a slow network is flooded; after 20 times without an"
    " ACK end with a message: sys.exit('some text')",
    "每次发出之后等 0.1 秒，不能更短，否则会把慢的网络淹没；20 次都没有 ACK，就说明情况并结束："
    "sys.exit('一句话')",
)
