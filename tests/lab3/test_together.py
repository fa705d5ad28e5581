"""Lab 3, both programs: the client on its host talks to the server on its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.errors import CheckFailed
from grader.language import Text
from lab3.answers import STAMP
from lab3.programs import START_TIMEOUT_S, serve, start_client

if TYPE_CHECKING:
    from grader.host import Host

TEXTS = ("one", "two", "three")


@pytest.mark.points(1)
@pytest.mark.limit(20)
@pytest.mark.requires("server-answers", "client-prints-answers")
def test_programs_talk(server: Host, client: Host, port: int) -> None:
    """The client gets all answers from the server and ends with status 0.
    客户端收到服务器的全部回复，最后以状态码 0 结束。
    """
    serve(server, port)
    typed = "".join(f"{text}\n" for text in TEXTS).encode()
    program = start_client(client, "server", port, typed, closes=True)
    try:
        expect.ended(program, status=0, timeout_s=START_TIMEOUT_S, hint=ENDS)
    except CheckFailed as failed:
        if b"EOFError" in program.stderr:  # elsewhere it is said that nobody types here
            raise CheckFailed(replace(failed.lesson, hint=END_OF_INPUT)) from failed
        raise
    for text in TEXTS:
        if not re.search(STAMP.pattern + re.escape(text.encode()), program.stdout):
            hint = Text("each line has its answer, in order", "每一行都有回复，次序不变")
            expect.printed(program, b"] " + text.encode(), hint=hint)


ENDS = Text(
    "HOST may be a name: connect() looks up its address. At the end of its input the client closes"
    " the connection and ends with status 0; sys.exit() with a text ends it with 1",
    "HOST 可以是主机名：connect() 会自己查出地址。输入结束后，客户端关闭连接，以状态码 0 结束；"
    "sys.exit() 带上文字，状态码就是 1",
)
END_OF_INPUT = Text(
    "input() raises EOFError at the end of the input, which is how a client is ended here: catch it"
    " and close the connection",
    "输入结束时，input() 会抛出 EOFError；这里客户端就是这样结束的：捕获它，然后关闭连接",
)
