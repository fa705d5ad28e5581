"""Lab 9, the transfer: strangers at both ends, and both programs over a bad network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab9.programs import (
    BLOCK_BYTES,
    END_TIMEOUT_S,
    ack,
    block,
    blocks,
    expect_ack,
    expect_block,
    expect_stored,
    expect_transfer,
    rows,
    start_receiver,
    start_sender,
)
from wire.packet import Datagram

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seams import Impair
    from grader.seed import Draws

BAD = "loss 20% duplicate 5% reorder 10%"
BLOCKS = 20
MOST_SENT = 6 * BLOCKS  # every second round fails: twice is what is needed, on a busy machine more


@pytest.mark.points(1)
@pytest.mark.requires("receiver-stores-file", "sender-repeats-and-gives-up")
@pytest.mark.limit(20)
def test_transfer_ignores_strangers(server: Host, client: Host, peer: Peer, port: int) -> None:
    """Sender and receiver ignore packets from strangers in the middle of a transfer.
    传输过程中，发送方和接收方都不理会陌生人发来的数据报。
    """
    data = rows(BLOCK_BYTES + 100)
    first, last = blocks(data)
    receiver = start_receiver(server, port)
    socket, stranger = peer.bind("server"), peer.bind("server")
    socket.send(first, to=port)
    expect_ack(socket, 1, hint=STRANGER)
    stranger.send(block(2, b"not from the sender"), to=port)
    socket.send(last, to=port)
    expect_ack(socket, 2, hint=STRANGER)
    expect_stored(server, receiver, data, hint=STRANGER)

    socket, stranger = peer.bind("client", port=port), peer.bind("client")
    sender = start_sender(client, peer.address, port, data)
    came = expect_block(socket, first, hint=STRANGER)
    stranger.send(ack(1), to=came.source)
    came = expect_block(socket, first, hint=STRANGER)
    socket.send(ack(1), to=came.source)
    came = expect_block(socket, last, after=first, hint=STRANGER)
    socket.send(ack(2), to=came.source)
    expect.ended(sender, timeout_s=END_TIMEOUT_S, hint=STRANGER)


@pytest.mark.points(1)
@pytest.mark.requires(
    "receiver-writes-once",
    "receiver-stays-for-last-ack",
    "sender-ignores-old-acks",
    "sender-repeats-and-gives-up",
)
@pytest.mark.limit(40)
def test_transfer_survives_bad_network(
    server: Host, client: Host, port: int, seed: Draws, impair: Impair
) -> None:
    """A file arrives whole though the network loses, doubles and swaps, and without a flood.
    网络会丢失、复制、打乱数据报，文件也能完整传到，而且不会造成泛滥。
    """
    data = rows((BLOCKS - 1) * BLOCK_BYTES + seed.number(1, BLOCK_BYTES - 1))
    receiver = start_receiver(server, port)
    with client.capture() as capture, impair(BAD):
        sender = start_sender(client, "server", port, data)
        expect_transfer(server, receiver, sender, data)
        packets = capture.packets()
    sent = sum(isinstance(each, Datagram) and each.target.port == port for each in packets)
    expect.that(
        sent <= MOST_SENT,
        saw=Text(
            "more than {most} packets for {blocks} blocks", "{blocks} 块用了 {most} 个以上的数据报"
        ).fill(most=MOST_SENT, blocks=BLOCKS),
        wanted=Text("at most six for each block", "平均每块最多 6 个"),
        hint=Text(
            "send a block again only when 0.1 s have passed without its ACK",
            "只有 0.1 秒内没有等到 ACK，才重发这一块",
        ),
    )


STRANGER = Text(
    "anyone may send to a UDP port. The receiver goes on with the address that the first block came"
    " from; the sender can connect() its socket, then the kernel drops what comes from others",
    "任何人都可以向 UDP 端口发送数据报。接收方只认第一块的来源地址；"
    "发送方可以 connect()，这样内核会丢掉别人发来的数据报",
)
