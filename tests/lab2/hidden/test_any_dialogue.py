"""Lab 2, hidden: messages and cuts that the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab2.programs import serve, want_answer

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

PIECES = 6


@pytest.mark.points(1)
@pytest.mark.requires("server-reads-lines", "server-answers-empty-line")
def test_server_takes_any_dialogue(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server answers any messages, long ones too, cut anywhere.
    无论消息是什么内容、有多长、在哪里切开，服务器都能正确回答。
    """
    texts = [
        seed.text(seed.number(4, 12)),
        f"exit {seed.text(4)}",  # not exactly exit
        seed.text(seed.number(2000, 3000)),
        "",
        f"{seed.text(3)} exit",
    ]
    serve(server, port)
    connection = peer.connect("server", port)
    data = "".join(f"{text}\n" for text in texts).encode()
    connection.send_in_pieces(data, seed.cuts(data, pieces=PIECES))
    for text in texts:
        want_answer(connection, text, hint=ANY)


ANY = Text(
    r"a message is all that comes before \n, however long; only exactly exit ends the dialogue",
    r"\n 之前的全部内容就是一条消息，不论多长；只有正好是 exit 的消息才结束对话",
)
