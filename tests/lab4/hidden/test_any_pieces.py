"""Lab 4, hidden: lines of several clients in pieces that the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from grader.seed import cut
from lab4.programs import serve
from lab4.room import enter

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

CHARACTERS = 16
PIECES = 4


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-everyone")
def test_server_joins_pieces(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """Lines that come in pieces are told when they are whole.
    一行分成几段到达，服务器等它完整了再转发。
    """
    serve(server, port)
    anna, ben = enter(peer, port, "anna", "ben")
    anna.hear("ben joined")
    texts = [seed.text(CHARACTERS) for _ in range(2)]
    lines = [f"{text}\n".encode() for text in texts]
    pieces = [cut(line, seed.cuts(line, pieces=PIECES)) for line in lines]
    *earlier, last = zip(*pieces, strict=True)
    for of_anna, of_ben in earlier:
        for member, piece in ((anna, of_anna), (ben, of_ben)):
            member.connection.send(piece)
            member.connection.wait_until_read()
    hint = Text(
        r"recv() returns what has come so far, of this client: keep it until \n has come, apart"
        r" from what others send",
        r"recv() 返回这个客户端到目前为止发来的内容：存起来，等到 \n 为止，不要与别人的混在一起",
    )
    for sender, piece, text in zip((anna, ben), last, texts, strict=True):
        sender.connection.send(piece)
        for member in (anna, ben):  # before the other's line is whole: either could come first
            member.hear_next(f"{sender.name}: {text}", hint=hint)
