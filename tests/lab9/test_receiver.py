"""Lab 9, the receiver of a file: the peer is the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab9.programs import (
    BLOCK_BYTES,
    END_TIMEOUT_S,
    blocks,
    expect_ack,
    expect_stored,
    rows,
    start_receiver,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws


@pytest.mark.points(1)
def test_receiver_stores_file(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The receiver acknowledges each block and stores the file.
    接收方确认每一块，并存下文件。
    """
    data = bytes(seed.number(0, 255) for _ in range(2 * BLOCK_BYTES + 100))
    program = start_receiver(server, port)
    socket = peer.bind("server")
    for number, packet in enumerate(blocks(data), start=1):
        socket.send(packet, to=port)
        expect_ack(socket, number, hint=ACK)
    expect_stored(server, program, data, hint=ACK)


@pytest.mark.points(1)
@pytest.mark.requires("receiver-stores-file")
def test_receiver_writes_once(server: Host, peer: Peer, port: int) -> None:
    """The receiver acknowledges a block that comes again, and does not write it again.
    同一块再次到达时，接收方再确认一次，但不会再写一次。
    """
    data = rows(2 * BLOCK_BYTES + 100)
    packets = blocks(data)
    program = start_receiver(server, port)
    socket = peer.bind("server")
    hint = Text(
        "a block comes again when its ACK was lost, or the network doubled it: write a block only"
        " if its number is the next one, but acknowledge each that is there already, or the sender"
        " repeats it for ever",
        "ACK 丢了，或者网络把数据报复制了，同一块就会再来：只有编号正好是下一块时才写入，"
        "但已经有的块也要再确认，否则发送方会一直重发",
    )
    for number in (1, 1, 2, 1, 2, 3):
        socket.send(packets[number - 1], to=port)
        expect_ack(socket, number, hint=hint)
    expect_stored(server, program, data, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("receiver-stores-file")
def test_receiver_stays_for_last_ack(server: Host, peer: Peer, port: int) -> None:
    """The receiver stays a moment after the last block: its ACK may be lost.
    收到最后一块之后，接收方会再等一会儿：最后的 ACK 也可能丢失。
    """
    data = rows(BLOCK_BYTES + 100)
    first, last = blocks(data)
    program = start_receiver(server, port)
    socket = peer.bind("server")
    hint = Text(
        "if the last ACK is lost, the sender sends the last block again: stay until 1 s has passed"
        " without a packet, and acknowledge it again",
        "最后的 ACK 如果丢了，发送方会重发最后一块：等到 1 秒内没有数据报再退出，其间照样确认",
    )
    for number, packet in ((1, first), (2, last), (2, last), (2, last)):
        socket.send(packet, to=port)
        expect_ack(socket, number, hint=hint)
    expect.ended(program, timeout_s=END_TIMEOUT_S, hint=STAYS_TOO_LONG)
    expect_stored(server, program, data, hint=hint)


STAYS_TOO_LONG = Text(
    "the last block is shorter than 512 bytes; 1 s without a packet after it is the end:"
    " settimeout(1)",
    "不足 512 字节的就是最后一块；之后 1 秒内没有数据报，就可以结束：settimeout(1)",
)
ACK = Text(
    'the ACK of a block is b"A" and the 4 bytes of its number, to the address that recvfrom() gave;'
    " the data of a block begins at byte 5",
    'ACK 是 b"A" 加上这一块编号的 4 个字节，发回 recvfrom() 给出的地址；'
    "块里的数据从第 5 个字节开始",
)
