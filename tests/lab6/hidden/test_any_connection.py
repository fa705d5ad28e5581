"""Lab 6, hidden: a connection whose family, buffer and file descriptor the seed draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab6.programs import end_of, expect_report, look_at

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

# Files that the program has from its start: descriptors 3 and 4 are taken, by any number of them.
OPEN_FILES = ("", "3</dev/null", "3</dev/null 4</dev/null", "4</dev/null")


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-options", "whoami-speaks-ipv6")
def test_whoami_reports_any_connection(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The report is right for any connection.
    无论是什么样的连接，报告都正确。
    """
    address = str(peer.address6) if seed.number(0, 1) else peer.address
    listener = peer.listen(port, address=address)
    size = seed.number(5_000, 90_000)
    files = OPEN_FILES[seed.number(1, 2)]
    started = f"exec python3 whoami.py {address} {port} {size} {files}"
    program = client.start("sh", "-c", started)
    program.close_stdin()
    connection = listener.accept()
    expect_report(program, "local", end_of(connection.remote), hint=ASK)
    kernel = look_at(client, connection)
    expect_report(program, "fileno", *sorted(kernel.descriptors), hint=ASK)
    expect_report(program, "SO_RCVBUF", kernel.receive_buffer, hint=ASK)
    expect_report(program, "SO_SNDBUF", kernel.send_buffer, hint=ASK)


ASK = Text(
    "ask the connected socket each time: getsockname(), fileno(), getsockopt()",
    "每次都要问已连接的套接字：getsockname()、fileno()、getsockopt()",
)
