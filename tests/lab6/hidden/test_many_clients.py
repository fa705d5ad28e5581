"""Lab 6, hidden: clients of both families in an order that the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab6.programs import expect_told, serve
from lab6.test_server import MAPPED

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

CLIENTS = 8


@pytest.mark.points(1)
@pytest.mark.requires("server-serves-both-families")
def test_server_tells_any_client(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server tells clients of both families apart, in any order.
    无论 IPv4 和 IPv6 客户端按什么顺序到来，服务器都能正确回答。
    """
    serve(server, port, "::")
    for _ in range(CLIENTS):
        address = server.address if seed.number(0, 1) else str(server.address6)
        expect_told(peer.connect(address, port), hint=MAPPED)
