"""Lab 9, hidden: more blocks than one byte can count, where many datagrams come twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab9.programs import BLOCK_BYTES, expect_transfer, start_receiver, start_sender

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seams import Impair
    from grader.seed import Draws

FEWEST_BLOCKS, MOST_BLOCKS = 260, 300


@pytest.mark.points(1)
@pytest.mark.requires("transfer-survives-bad-network")
@pytest.mark.limit(40)
def test_transfer_counts_on(
    server: Host, client: Host, port: int, seed: Draws, impair: Impair
) -> None:
    """A file of any length arrives whole though the network doubles packets.
    网络会复制数据报，任意长度的文件也能完整传到。
    """
    count = seed.number(FEWEST_BLOCKS, MOST_BLOCKS)
    data = bytes(seed.number(0, 255) for _ in range(count * BLOCK_BYTES))
    receiver = start_receiver(server, port)
    with impair("duplicate 10%"):
        sender = start_sender(client, "server", port, data)
        expect_transfer(server, receiver, sender, data)
