"""Lab 6, both programs: what each knows of their connection is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab6.programs import expect_report, reported, serve, start_whoami

if TYPE_CHECKING:
    from grader.host import Host


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-addresses", "whoami-prints-line", "whoami-reports-ends")
def test_programs_agree(server: Host, client: Host, port: int) -> None:
    """Server and client say the same of their connection, reached by name.
    用主机名连接时，服务器和客户端对这个连接的说法一致。
    """
    serve(server, port)
    program = start_whoami(client, "server", port)
    local, peer = reported(program, "local"), reported(program, "peer")
    expect_report(
        program,
        "server",
        f"you are {local}, I am {peer}",
        hint=Text(
            "the server's client is the client's local end, and the other way round",
            "服务器看到的客户端就是客户端的本端，反过来也一样",
        ),
    )
