"""Lab 6, both programs: what each knows of their connection is the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from grader.language import Text
from lab6.programs import expect_report, missed, reported, serve, start_whoami

if TYPE_CHECKING:
    from grader.host import Host


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-addresses", "whoami-prints-line", "whoami-tries-next")
def test_programs_agree(server: Host, client: Host, port: int) -> None:
    """Server and client say the same of their connection, reached by name.
    用主机名连接时，服务器和客户端对这个连接的说法一致。
    """
    serve(server, port)
    program = start_whoami(client, "server", port)
    said = re.fullmatch(r"you are (.+), I am (.+)", reported(program, "server") or "")
    if said is None:
        raise missed(program, "server", None, "you are …, I am …", SAME)
    expect_report(program, "local", said[1], hint=SAME)
    expect_report(program, "peer", said[2], hint=SAME)


SAME = Text(
    "the server has said this: its client is this program's local end, and it is the peer. Report"
    " what the socket knows, not what was typed",
    "服务器是这样说的：它的客户端就是本程序的 local，它自己就是 peer。"
    "要报告套接字知道的，不是命令行输入的",
)
