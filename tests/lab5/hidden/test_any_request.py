"""Lab 5, hidden: files, names, offsets and cuts that the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab5.programs import FILES, expect_file, put, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

FILE_COUNT = 4
MAX_BYTES = 20_000
NAME_CHARACTERS = 12
PIECES = 4


@pytest.mark.points(1)
@pytest.mark.requires(
    "server-joins-request", "server-sends-rest", "server-answers-again", "programs-copy-any-size"
)
def test_server_sends_anything(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server sends any file from any OFFSET, however the requests are cut.
    任意文件、任意 OFFSET，无论请求怎样切分，服务器都能正确回答。
    """
    files = {
        seed.text(NAME_CHARACTERS): bytes(seed.number(0, 255) for _ in range(size))
        for size in (seed.number(1, MAX_BYTES) for _ in range(FILE_COUNT))
    }
    for name, data in files.items():
        put(server, f"{FILES}/{name}", data)
    serve(server, port)
    connection = peer.connect("server", port)
    before = b""
    for name, data in files.items():
        offset = seed.number(0, len(data))
        request = before + f"{offset} {name}\n".encode()
        cuts = {1, *seed.cuts(request, pieces=PIECES)}  # the first is inside of ok
        connection.send_in_pieces(request, sorted(cuts))
        expect_file(connection, data, offset=offset)
        before = b"ok\n"
