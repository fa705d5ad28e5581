"""Lab 4, all programs: two clients on their host talk through the server on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab4.programs import serve, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program
    from grader.seed import Draws

PRINT_TIMEOUT_S = 3.0
TEXT_CHARACTERS = 12


@pytest.mark.points(1)
@pytest.mark.requires(
    "server-tells-who-left", "client-sends-freely", "client-prints-freely", "client-ends-with-input"
)
def test_programs_chat(server: Host, client: Host, port: int, seed: Draws) -> None:
    """Two clients chat through the server, which they reach by its name.
    两个客户端用主机名连接服务器，通过它互相聊天。
    """
    serve(server, port)
    anna = start_client(client, "server", port, "anna")
    expect_print(anna, "anna joined", hint=BY_NAME)
    ben = start_client(client, "server", port, "ben")
    for program in (anna, ben):
        expect_print(program, "ben joined", hint=BY_NAME)
    for sender, name in ((ben, "ben"), (anna, "anna")):
        text = seed.text(TEXT_CHARACTERS)
        sender.send(f"{text}\n".encode())
        for program in (anna, ben):
            expect_print(program, f"{name}: {text}")
    ben.close_stdin()
    expect_print(anna, "ben left")
    expect.ended(ben, status=0, timeout_s=PRINT_TIMEOUT_S)


def expect_print(program: Program, line: str, *, hint: Text | None = None) -> None:
    """Wait until the program has printed a line."""
    program.wait_for_output(line.encode(), PRINT_TIMEOUT_S)
    expect.printed(program, line.encode(), hint=hint)


BY_NAME = Text(
    "HOST may be a name; connect((HOST, PORT)) looks up its address by itself",
    "HOST 可以是主机名；connect((HOST, PORT)) 会自己查出它的地址",
)
