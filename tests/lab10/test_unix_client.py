"""Lab 10, unix_client.py: the server is our own end, on the same host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grader import expect, hints
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state
from lab10.programs import (
    PATH,
    be_peer,
    expect_gives_up,
    serving_peer,
    start,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program
    from grader.seed import Draws

PRINT_TIMEOUT_S = 3.0
TEXT_CHARACTERS = 6


@pytest.mark.points(1)
def test_stream_client_talks(server: Host, seed: Draws) -> None:
    """The stream client sends TEXT and its end, and prints the whole reply.
    流客户端发送 TEXT 并表明结束，打印完整的回复。
    """
    text, reply = seed.text(TEXT_CHARACTERS), seed.text(TEXT_CHARACTERS)
    program, answer = talk(server, "stream", text, reply)
    expect_came(answer, text, program, END)
    expect_prints(program, reply)


@pytest.mark.points(1)
def test_datagram_client_has_address(server: Host, seed: Draws) -> None:
    """The datagram client can be answered, prints the reply, and leaves no file behind.
    数据报客户端可以收到回复，打印它，并且不留下文件。
    """
    text, reply = seed.text(TEXT_CHARACTERS), seed.text(TEXT_CHARACTERS)
    program, answer = talk(server, "datagram", text, reply)
    expect_came(answer, text, program, ONE_DATAGRAM)
    sender = str(answer.get("sender", ""))
    expect.that(
        sender != "",
        saw=Text("its datagram came without an address", "它的数据报没有地址"),
        wanted=Text("an address to answer to", "一个可以回复的地址"),
        hint=Text(
            "bind() the client's socket to a path of its own before sending",
            "发送之前，先把客户端的套接字 bind() 到自己的路径上",
        ),
    )
    expect_prints(program, reply)
    is_abstract = sender.startswith("\0")
    left = server.run("test", "-e", sender, user="observer", cwd="/").exit_status == 0
    expect.that(
        is_abstract or not left,
        saw=Text("{path} is still there after its end", "它结束之后 {path} 还在").fill(path=sender),
        wanted=Text("the client removes its file", "客户端删除自己的文件"),
        hint=Text(
            "close() leaves the file that bind() has made: os.unlink() it, in finally",
            "close() 不会删除 bind() 建的文件：在 finally 里 os.unlink() 它",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("stream-client-talks", "datagram-client-has-address")
def test_unix_client_says_why(server: Host) -> None:
    """Where no one can be asked, the client says so in one line and ends with status 1.
    连不上服务器时，客户端用一行说明原因，并以状态码 1 结束。
    """
    for kind in ("stream", "datagram"):
        expect_gives_up(start(server, "unix_client.py", kind, PATH, "hello"), PATH, hint=ONE_LINE)
    be_peer(server, "leave", "stream", PATH)
    server.steps.add("server", STALE)
    expect_gives_up(start(server, "unix_client.py", "stream", PATH, "hello"), PATH, hint=ONE_LINE)
    server.run("rm", "-f", PATH, cwd="/")
    be_peer(server, "leave", "stream", PATH, user="observer")
    server.steps.add("server", ANOTHERS)
    expect_gives_up(start(server, "unix_client.py", "stream", PATH, "hello"), PATH, hint=ONE_LINE)


def talk(server: Host, kind: str, text: str, reply: str) -> tuple[Program, dict[str, Any]]:
    """Have unix_client.py ask a server of ours; give the client, and what the server saw."""
    with serving_peer(server, kind, reply) as answer:
        program = start(server, "unix_client.py", kind, PATH, text)
        return program, answer.result()


def expect_came(answer: dict[str, Any], text: str, program: Program, hint: Text) -> None:
    """Fail unless our server got this text, and its end."""
    if "came" in answer:
        expect.same_bytes(answer["came"].encode("latin-1"), text.encode(), hint=hint)
        return
    seen = gather(program.host, program)
    raise CheckFailed(
        Lesson(
            saw=tell_state(seen) if seen.exit_status else NO_END,
            wanted=Text('"{text}", then the end', "“{text}”，然后结束").fill(text=text),
            hint=hints.explain(seen, otherwise=hint),
        )
    )


def expect_prints(program: Program, reply: str) -> None:
    """Fail unless the program prints the reply and ends with status 0."""
    wanted = f"reply: {reply}".encode()
    program.wait_for_output(wanted, PRINT_TIMEOUT_S)
    expect.printed(program, wanted, hint=WHOLE)
    expect.ended(program, status=0, hint=WHOLE)


NO_END = Text("the end of a text did not come within 3 s", "3 秒内没有等到原文的结束")
END = Text(
    "send the text as it is, in UTF-8, then shutdown(SHUT_WR): the server reads until the end",
    "原样发送 UTF-8 的原文，然后 shutdown(SHUT_WR)：服务器会一直读到流结束",
)
ONE_DATAGRAM = Text(
    "one datagram with the text in UTF-8, as it is",
    "一个数据报，内容就是 UTF-8 的原文",
)
WHOLE = Text(
    "a stream's reply may come in pieces: recv() until b''; then print 'reply: ' and the text",
    "流的回复可能分几段到达：反复 recv()，直到 b''；然后打印 'reply: ' 和原文",
)
ONE_LINE = Text(
    "FileNotFoundError, ConnectionRefusedError and PermissionError are all OSError: catch it and"
    " sys.exit() with a line that has PATH",
    "FileNotFoundError、ConnectionRefusedError、PermissionError 都是 OSError："
    "捕获它，用 sys.exit() 打印一行含 PATH 的说明",
)
STALE = Text("has a stale socket file at PATH", "PATH 是一个没有人服务的套接字文件")
ANOTHERS = Text("has a socket file of another user at PATH", "PATH 是另一个用户的套接字文件")
