"""Lab 2, the client: the peer is its server, and the check types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab2.programs import (
    DIALOGUE,
    end_input,
    expect_no_eof_error,
    meet,
    printed_so_far,
    type_line,
    want_end,
    want_line,
    want_only_end,
    want_printed,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection
    from grader.program import Program
    from grader.seed import Draws

END_TIMEOUT_S = 3.0


@pytest.mark.points(1)
def test_client_talks(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The client sends the ten lines that are typed and prints the ten answers.
    客户端逐行发送输入的十行，并打印十个回答。
    """
    program, connection = meet(client, peer.listen(port))
    for text in DIALOGUE:
        type_line(program, text)
        want_line(connection, text, hint=SENDS)
        _answer(connection, program, f"{text} {seed.number(100, 999)} 收到")


@pytest.mark.points(1)
@pytest.mark.requires("client-talks")
def test_client_sends_empty_line(client: Host, peer: Peer, port: int) -> None:
    """The client sends an empty line, too, and the dialogue goes on.
    输入空行，客户端同样发送，对话继续。
    """
    program, connection = meet(client, peer.listen(port))
    type_line(program, "")
    want_line(connection, "", hint=EMPTY_LINE)
    _answer(connection, program, "nothing?")
    type_line(program, "hello")
    want_line(connection, "hello", hint=EMPTY_LINE)


@pytest.mark.points(1)
@pytest.mark.requires("client-talks")
def test_client_reads_lines(client: Host, peer: Peer, port: int) -> None:
    """The client prints the whole answer, though it comes in pieces.
    回答分几段到达，客户端也会打印完整的回答。
    """
    program, connection = meet(client, peer.listen(port))
    for answer, cuts in (("good morning", (4,)), ("早上好", (1, 5))):
        type_line(program, "hello")
        want_line(connection, "hello", hint=ONE_RECV)
        since = printed_so_far(program)
        connection.send_in_pieces(f"{answer}\n".encode(), cuts)
        want_printed(program, answer, since=since, hint=ONE_RECV)


@pytest.mark.points(1)
@pytest.mark.requires("client-talks")
def test_client_says_exit(client: Host, peer: Peer, port: int) -> None:
    """The client sends exit, closes with FIN and ends with status 0.
    客户端发送 exit，用 FIN 关闭连接，以状态码 0 结束。
    """
    program, connection = meet(client, peer.listen(port))
    type_line(program, "hello")
    want_line(connection, "hello")
    _answer(connection, program, "hi")
    type_line(program, "exit")
    want_line(connection, "exit", hint=SAYS_EXIT)
    want_only_end(connection, hint=SAYS_EXIT)
    expect.ended(program, timeout_s=END_TIMEOUT_S, hint=SAYS_EXIT)


@pytest.mark.points(1)
@pytest.mark.requires("client-talks")
def test_client_hears_exit(client: Host, peer: Peer, port: int) -> None:
    """The client ends with status 0 when the answer is exit.
    回答是 exit 时，客户端以状态码 0 结束。
    """
    program, connection = meet(client, peer.listen(port))
    type_line(program, "hello")
    want_line(connection, "hello")
    connection.send(b"exit\n")
    expect.ended(
        program,
        timeout_s=END_TIMEOUT_S,
        hint=Text(
            r"an answer of exactly exit, its \n cut off, ends the dialogue: do not ask for another"
            " line",
            r"去掉 \n 之后正好是 exit 的回答表示对话结束：不要再等待输入",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-talks")
def test_client_notices_end(client: Host, peer: Peer, port: int) -> None:
    """The client ends with status 0 when the server closes instead of answering.
    服务器没有回答就关闭了连接，客户端以状态码 0 结束。
    """
    program, connection = meet(client, peer.listen(port))
    type_line(program, "hello")
    want_line(connection, "hello")
    connection.close()
    expect.ended(
        program,
        timeout_s=END_TIMEOUT_S,
        hint=Text(
            "b'' from recv() is no answer: the server has closed, and no answer will come any more",
            "recv() 返回 b'' 并不是回答：服务器已经关闭连接，不会再有回答了",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-talks")
def test_client_ends_with_input(client: Host, peer: Peer, port: int) -> None:
    """The client closes and ends with status 0 at the end of its input (Ctrl-D).
    输入结束（Ctrl-D）时，客户端关闭连接，以状态码 0 结束。
    """
    program, connection = meet(client, peer.listen(port))
    type_line(program, "hello")
    want_line(connection, "hello")
    _answer(connection, program, "hi")
    end_input(program)
    program.wait(END_TIMEOUT_S)
    expect_no_eof_error(program, hint=END_OF_INPUT)
    rest = want_end(connection, hint=END_OF_INPUT)
    if rest != b"exit\n":  # it may say so
        expect.same_bytes(rest, b"", hint=END_OF_INPUT)
    expect.ended(program, timeout_s=END_TIMEOUT_S, hint=END_OF_INPUT)


def _answer(connection: Connection, program: Program, text: str) -> None:
    since = printed_so_far(program)
    connection.send(f"{text}\n".encode())
    want_printed(program, text, since=since, hint=PRINTS)


SENDS = Text(
    r"each line that is typed is a message: its text in UTF-8 and \n, with nothing before or after",
    r"输入的每一行都是一条消息：原文（UTF-8 编码）加 \n，前后都不要加别的内容",
)
PRINTS = Text(
    "print each answer after decode(): bytes are shown as b'...'",
    "每个回答都要 decode() 之后打印；直接打印 bytes 会显示成 b'...'",
)
EMPTY_LINE = Text(
    r"an empty line is a message as well: send b'\n'; send(b'') sends nothing at all",
    r"空行也是一条消息：要发送 b'\n'；send(b'') 什么也不发",
)
ONE_RECV = Text(
    r"one recv() is not one answer: it returns what has come so far. Go on until \n has come, then"
    r" decode() the whole line",
    r"一次 recv() 不等于一个回答：它只返回已经到达的部分。请继续接收，直到收到 \n，"
    r"再把整行 decode()",
)
SAYS_EXIT = Text(
    r"exit is the last message: send exit\n, do not wait for an answer, close()",
    r"exit 是最后一条消息：发送 exit\n，不等回答，close()",
)
END_OF_INPUT = Text(
    "input() raises EOFError at the end of standard input: catch it, close() the connection, end",
    "标准输入结束时 input() 抛出 EOFError：请捕获它，close() 连接，然后结束",
)
