"""Lab 3, hidden: lines and cuts that the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab3.answers import receive_answer
from lab3.programs import serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

PIECES = 12
# What ends a line in other places, and spaces, which belong to the text.
INSIDE = (b" ", b"\r", b"\t", b"\f", "\u2028".encode(), b"\xff", b"\0", "\u3000".encode())


@pytest.mark.points(1)
@pytest.mark.limit(20)
@pytest.mark.requires("server-answers-each", "server-takes-any-bytes", "server-takes-telnet")
def test_server_takes_any_lines(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server answers any lines, cut anywhere.
    无论各行是什么内容、在哪里切开，服务器都能正确回复。
    """
    texts = [b" " + seed.text(3).encode() + b" "]
    for inside in INSIDE:
        before, after = (seed.text(seed.number(1, 6)).encode() for _ in range(2))
        texts.append(before + inside + after)
    data = b"".join(text + (b"\n", b"\r\n")[seed.number(0, 1)] for text in texts)
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces(data, seed.cuts(data, pieces=PIECES))
    for text in texts:
        receive_answer(
            connection,
            text,
            server,
            hint=Text(
                r"only \n ends a line, with a \r before it or not; all else belongs to the text,"
                r" spaces, too: strip(), rstrip() and splitlines() take more away",
                r"只有 \n 结束一行（前面可以有一个 \r）；其他都属于原文，空格也是："
                r"strip()、rstrip() 和 splitlines() 会去掉更多",
            ),
        )
