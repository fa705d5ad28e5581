"""Lab 1, hidden: lines and cuts that the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab1.programs import serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

CHARACTERS = 24
PIECES = 6


@pytest.mark.points(1)
@pytest.mark.requires("server-joins-characters")
def test_server_takes_any_line(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server answers any line, cut anywhere.
    无论一行是什么内容、在哪里切开，服务器都能正确回复。
    """
    drawn = seed.text(CHARACTERS)
    if sum(len(character.encode()) - 3 for character in drawn if not character.isascii()) == 0:
        drawn += "é"  # who counts 3 bytes for each must not be right by chance
    text = drawn.encode()
    serve(server, port)
    connection = peer.connect("server", port)
    line = text + b"\n"
    connection.send_in_pieces(line, seed.cuts(line, pieces=PIECES))
    expect.same_bytes(
        connection.receive_line(),
        f"{len(text)} bytes: ".encode() + line,
        hint=Text(
            "a character takes 1 to 4 bytes in UTF-8, not always 3; count the bytes themselves",
            "一个字符在 UTF-8 里占 1 到 4 个字节，不总是 3 个；请直接数字节",
        ),
    )
