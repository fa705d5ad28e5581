"""Lab 2, the server: the peer is its client."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.cpu import spins
from grader.language import Text
from grader.proctable import TIME_WAIT
from lab2 import words
from lab2.programs import (
    DIALOGUE,
    ask,
    connect_next,
    expect_outlived,
    printed_so_far,
    serve,
    type_line,
    want_answer,
    want_line,
    want_only_end,
    want_printed,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection
    from grader.program import Program

CLIENTS = 20
NOTICE_S = 1.5
FLOOD_BYTES = 256  # of answers that nobody has asked for are enough to see
TIME_WAIT_S = 1.0  # the state follows the client's FIN by a round trip
OPERATORS_ANSWER = "yes, I am here"


@pytest.mark.points(1)
def test_server_answers(server: Host, peer: Peer, port: int) -> None:
    """The server answers ten messages of a client, one after the other.
    服务器逐条回答一个客户端的十条消息。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    for text in DIALOGUE:
        ask(connection, text)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_answers_empty_line(server: Host, peer: Peer, port: int) -> None:
    """The server answers an empty line, too, and the dialogue goes on.
    收到空行，服务器同样回答，对话继续。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    ask(connection, "", hint=words.EMPTY_LINE)
    ask(connection, "hello", hint=words.EMPTY_LINE)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_reads_lines(server: Host, peer: Peer, port: int) -> None:
    """The server answers line by line, however the lines arrive.
    无论数据怎样到达，服务器都按行回答。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces(b"hello\n", (2,))
    want_answer(connection, "hello", hint=words.ONE_RECV)
    connection.send_in_pieces("你好\n".encode(), (1, 5))
    want_answer(connection, "你好", hint=words.ONE_RECV)
    connection.send("one\ntwo\n三\n".encode())
    for text in ("one", "two", "三"):
        want_answer(connection, text, hint=words.JOINED)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_ends_at_exit(server: Host, peer: Peer, port: int) -> None:
    """At exit the server closes the connection with FIN, without an answer.
    收到 exit，服务器不回答，用 FIN 正常关闭连接。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    ask(connection, "hello")
    connection.send(b"exit\n")
    want_only_end(connection, hint=words.EXIT)


@pytest.mark.points(1)
@pytest.mark.requires("server-ends-at-exit")
def test_server_serves_next(server: Host, peer: Peer, port: int) -> None:
    """The server serves twenty clients, one after the other.
    服务器一个接一个地服务二十个客户端。
    """
    serve(server, port)
    for number in range(1, CLIENTS + 1):
        connection = connect_next(server, peer, port, hint=words.NEXT)
        ask(connection, f"client {number}", hint=words.NEXT)
        connection.send(b"exit\n")
        want_only_end(connection, hint=words.EXIT)
        connection.close()


@pytest.mark.points(1)
@pytest.mark.requires("server-serves-next")
def test_server_keeps_backlog(server: Host, peer: Peer, port: int) -> None:
    """A client that connects while another is served is served after it.
    服务器正忙时连上来的客户端，随后也会得到服务。
    """
    serve(server, port)
    first = peer.connect("server", port)
    ask(first, "first")
    second = connect_next(server, peer, port, hint=words.BACKLOG)
    second.send(b"second\n")
    ask(first, "first again")
    first.send(b"exit\n")
    want_only_end(first, hint=words.EXIT)
    first.close()
    want_answer(second, "second", hint=words.BACKLOG)


@pytest.mark.points(1)
@pytest.mark.requires("server-serves-next")
def test_server_notices_end(server: Host, peer: Peer, port: int) -> None:
    """At the end of the stream the server closes, then it rests.
    流结束时，服务器关闭连接，之后不空转。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    ask(connection, "hello")
    connection.shutdown()
    received = connection.receive(size=FLOOD_BYTES, timeout_s=NOTICE_S)
    closes = Text("the server closes the connection", "服务器关闭连接")
    expect.that(
        not received.data,
        saw=Text(
            "after the client's FIN server sent {size:,} bytes, {data}",
            "客户端发出 FIN 之后，server 又发来 {size:,} 字节 {data}",
        ).fill(size=len(received.data), data=received.data),
        wanted=closes,
        hint=words.END_OF_STREAM,
    )
    is_closed = received.end in ("fin", "reset")
    is_busy = spins(server)
    expect.that(
        is_closed,
        saw=(words.OPEN_AND_BUSY if is_busy else words.OPEN).fill(t=NOTICE_S),
        wanted=closes,
        hint=words.END_OF_STREAM,
        look=words.TOP if is_busy else None,
    )
    expect.that(
        not is_busy,
        saw=words.BUSY,
        wanted=words.RESTS,
        hint=words.REST,
        look=words.TOP,
    )
    connection.close()
    ask(connect_next(server, peer, port, hint=words.END_OF_STREAM), "next", hint=words.NEXT)


@pytest.mark.points(1)
@pytest.mark.requires("server-ends-at-exit")
def test_server_starts_again(server: Host, peer: Peer, port: int) -> None:
    """The server can be started again at once, though it closed first.
    服务器先关闭连接之后，可以立即重新启动。
    """
    before = serve(server, port)
    connection = peer.connect("server", port)
    ask(connection, "hello")
    connection.send(b"exit\n")
    want_only_end(connection, hint=words.EXIT)
    connection.close()
    server.steps.deadline.wait_until(
        lambda: any(s.state == TIME_WAIT and s.local[1] == port for s in server.sockets()),
        TIME_WAIT_S,
    )
    before.signal(signal.SIGKILL)
    before.wait(3.0)
    serve(server, port)
    ask(peer.connect("server", port), "hello again")


@pytest.mark.points(1)
@pytest.mark.requires("server-serves-next")
def test_server_takes_operator(server: Host, peer: Peer, port: int) -> None:
    """What an operator types is the answer; the answer exit ends the dialogue.
    操作员输入的内容就是回答；回答 exit 结束这次对话。
    """
    program = serve(server, port, has_operator=True)
    connection = peer.connect("server", port)
    for message, answer in (("是谁？", "这里是服务器"), ("who is there?", "me, at the server")):
        _tell_operator(program, connection, message)
        type_line(program, answer)
        want_line(connection, answer, hint=words.OPERATOR)
    _tell_operator(program, connection, "bye")
    type_line(program, "exit")
    want_line(connection, "exit", hint=words.OPERATOR_EXIT)
    want_only_end(connection, hint=words.OPERATOR_EXIT)
    connection.close()

    connection = connect_next(server, peer, port, hint=words.OPERATOR_EXIT)
    _tell_operator(program, connection, "good morning", hint=words.NEXT)
    type_line(program, "welcome")
    want_line(connection, "welcome", hint=words.OPERATOR)


@pytest.mark.points(1)
@pytest.mark.requires("server-takes-operator")
def test_server_outlives_clients(server: Host, peer: Peer, port: int) -> None:
    """The server outlives clients that reset, or are killed before the answer.
    客户端复位连接，或者没等到回答就被杀死，服务器都照常运行。
    """
    program = serve(server, port, has_operator=True)
    connection = peer.connect("server", port)
    _tell_operator(program, connection, "first")
    type_line(program, OPERATORS_ANSWER)
    want_line(connection, OPERATORS_ANSWER, hint=words.OPERATOR)
    connection.reset()
    expect_outlived(program, hint=words.GONE)

    connection = connect_next(server, peer, port, hint=words.GONE)
    _tell_operator(program, connection, "second", hint=words.GONE)
    connection.shutdown()
    connection.reset()  # after a FIN: the answer meets EPIPE instead of ECONNRESET
    type_line(program, OPERATORS_ANSWER)
    expect_outlived(program, hint=words.GONE)

    connection = connect_next(server, peer, port, hint=words.GONE)
    _tell_operator(program, connection, "third", hint=words.GONE)
    type_line(program, OPERATORS_ANSWER)
    want_line(connection, OPERATORS_ANSWER, hint=words.GONE)


def _tell_operator(
    program: Program, connection: Connection, message: str, *, hint: Text = words.PRINTS
) -> None:
    """Send a message and want the operator to see it."""
    since = printed_so_far(program)
    connection.send(f"{message}\n".encode())
    want_printed(program, message, since=since, hint=hint)
