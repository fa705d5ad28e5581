"""Lab 3, the server: the peer is its client."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader import peer_words as words
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state
from lab3.answers import (
    STAMP,
    TICK_S,
    clock_s,
    expect_answer,
    receive_answer,
    receive_time_s,
)
from lab3.programs import expect_whole, long_text, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection
    from grader.program import Program

pytestmark = pytest.mark.limit(20)  # room for a machine that does much else

LINES = 1000
LONG_BYTES = 1 << 20
SMALL_BUFFER_BYTES = 8192
LONG_TIMEOUT_S = 8.0  # a program that reads byte by byte takes 1 s when it is alone
# Their answers do not fit into the peer's receive buffer and the server's send buffer, which
# starts at 87 kB (tcp(7), tcp_wmem); the lines themselves fit into the other two.
MANY_LINES = b"".join(b"%0150d\n" % number for number in range(1000))
ENDING_S = 1.0  # between the end of a program's connections and its own


@pytest.mark.points(1)
def test_server_answers(server: Host, peer: Peer, port: int) -> None:
    """The server answers a line with the time and the text.
    服务器收到一行后，回复时间和原文。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hello\n")
    receive_answer(connection, b"hello", server, hint=FORM)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_tells_time(server: Host, peer: Peer, port: int) -> None:
    """The time is that of the server's clock when it answers.
    回复里的时间是服务器回复那一刻的时间。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    told_s = receive_time_s(connection, server)
    next_s = told_s + 1 + TICK_S  # from then on a time that stands still is wrong
    server.steps.deadline.wait_until(lambda: clock_s(server) >= next_s, 2.0)
    receive_time_s(connection, server)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_waits_for_line(server: Host, peer: Peer, port: int) -> None:
    """The server waits until the line is whole, though it comes byte by byte.
    一行数据一个字节一个字节地到达，服务器会等到收完整行。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces(b"hello\n")
    receive_answer(
        connection,
        b"hello",
        server,
        hint=Text(
            r"one recv() may be a part of a line: keep what has come and go on until there is a \n",
            r"一次 recv() 可能只拿到一行的一部分：把收到的留着，继续接收，直到出现 \n",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-waits-for-line")
def test_server_joins_characters(server: Host, peer: Peer, port: int) -> None:
    """The server copes with a cut inside a Chinese character.
    一个汉字的几个字节分两次到达，服务器也能正确处理。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces("你好\n".encode(), (1, 5))
    receive_answer(
        connection,
        "你好".encode(),
        server,
        hint=Text(
            "recv() may return a part of a character; keep bytes, and decode() whole lines only,"
            " if at all",
            "recv() 可能只返回半个汉字；留着的应该是 bytes，要 decode() 也得等到收完整行",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_answers_each(server: Host, peer: Peer, port: int) -> None:
    """The server answers each of 1,000 lines that come at once, also empty ones.
    1,000 行一次性到达，服务器逐行回复，空行也不例外。
    """
    texts = [b"" if n % 10 == 5 else b"line %d" % n for n in range(1, LINES + 1)]
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"".join(text + b"\n" for text in texts))
    received = connection.receive(until=b"] line %d\n" % LINES)
    came = received.data.splitlines(keepends=True)
    hint = Text(
        r"one recv() may bring many lines: split at \n and answer each one, an empty one, too; what"
        r" stands after the last \n is the beginning of a line that is still to come",
        r"一次 recv() 可能带来许多行：按 \n 分开，逐行回复，空行也要回复；"
        r"最后一个 \n 之后的内容，是还没到齐的下一行的开头",
    )
    for saw, text in zip(came, texts, strict=False):
        expect_answer(saw, text, server, hint=hint)
    expect.that(
        len(came) == LINES,
        saw=Text("{came:,} of {lines:,} answers", "{lines:,} 个回复只来了 {came:,} 个").fill(
            came=len(came), lines=LINES
        ),
        wanted=Text("one answer to each line", "每一行都有一个回复"),
        hint=hint,
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-joins-characters")
def test_server_takes_any_bytes(server: Host, peer: Peer, port: int) -> None:
    """The server sends bytes back unchanged that are not UTF-8.
    收到的字节不是合法的 UTF-8，服务器也原样送回。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    text = "你好".encode("gbk")
    connection.send(text + b"\n")
    hint = Text(
        "these bytes are GBK, and not UTF-8; decode() refuses or changes them. The server need not"
        " know what they mean: put the answer together from bytes",
        "这些字节是 GBK 编码，不是 UTF-8；decode() 要么报错，要么把它们改掉。"
        "服务器不必知道它们的含义：直接用 bytes 拼出回复",
    )
    try:
        receive_answer(connection, text, server, hint=hint)
    except CheckFailed as failed:  # not what is said of a UnicodeDecodeError elsewhere
        raise CheckFailed(replace(failed.lesson, hint=hint)) from failed


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_takes_telnet(server: Host, peer: Peer, port: int) -> None:
    r"""The server takes \r\n, which telnet sends, as the end of the line.
    服务器把 telnet 发送的 \r\n 当作行尾。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hello\r\n")
    receive_answer(
        connection,
        b"hello",
        server,
        hint=Text(
            r"telnet ends a line with \r\n; the \r belongs to the line end, not to the text",
            r"telnet 的行尾是 \r\n；\r 属于行尾，不属于原文",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-waits-for-line")
def test_server_takes_long_line(server: Host, peer: Peer, port: int) -> None:
    """The server answers a line of 1 MiB, also to a client that reads slowly.
    一行长达 1 MiB、客户端又读得慢，服务器也能完整回复。
    """
    program = serve(server, port)
    connection = peer.connect("server", port, receive_buffer_bytes=SMALL_BUFFER_BYTES)
    text = long_text(LONG_BYTES)
    peer.steps.add("peer", words.SENDS.fill(size=words.amount(LONG_BYTES + 1)), data=text + b"\n")
    received = peer.exchange([connection], [text + b"\n"], until=b"\n", timeout_s=LONG_TIMEOUT_S)[0]
    begun = STAMP.match(received.data)
    hint = Text(
        "a line has no greatest length here. send() returns how many bytes the kernel took, which"
        " may be fewer than you gave; sendall() goes on until all are taken",
        "这里对一行的长度没有限制。send() 返回内核收下了多少字节，可能比你给的少；"
        "sendall() 会一直发到全部发完",
    )
    if begun is None:
        seen = gather(server, program)
        told = seen.raised.describe() if seen.raised else tell_state(seen)
        saw = Text("no answer came\n{told}", "没有收到回复\n{told}").fill(told=told)
        wanted = Text("the answer: a time, and all of the line", "回复：时间，加上完整的一行")
        raise CheckFailed(Lesson(saw, wanted, hint))
    expect_whole(received.data, begun[0] + text + b"\n", hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_drops_unfinished_line(server: Host, peer: Peer, port: int) -> None:
    r"""At the end of the stream, a rest without \n gets no answer.
    流结束时，末尾没有 \n 的半行不回复。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hello\nhel")
    connection.shutdown()
    hint = Text(
        r"after FIN recv() returns b'', again and again: no \n will come any more, so the rest is"
        r" not a line. close() the connection then",
        r"收到 FIN 之后，recv() 每次都返回 b''：不会再有 \n 了，剩下的不成一行。这时 close() 连接",
    )
    expect_answer(connection.receive_until_end(hint=hint), b"hello", server, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_outlives_clients(server: Host, peer: Peer, port: int) -> None:
    """A client that vanishes ends its own connection, not the server.
    客户端突然消失，只结束它自己的连接，服务器继续服务下一个。
    """
    program = serve(server, port)
    first = peer.connect("server", port)
    first.send(b"hel")
    first.wait_until_read()
    second = peer.connect("server", port, receive_buffer_bytes=SMALL_BUFFER_BYTES)
    second.send(b"hello\n")
    first.reset()
    expect_is_served(second, server, program)
    second.send(MANY_LINES)
    second.wait_until_full()
    third = peer.connect("server", port)
    third.send(b"hello\n")
    second.reset()
    expect_is_served(third, server, program)


def expect_is_served(connection: Connection, server: Host, program: Program) -> None:
    """Fail unless a client that has waited gets its answer; if the server has ended, say so."""
    hint = Text(
        "recv() and send() raise an OSError when the client is gone; catch it inside the loop that"
        " calls accept(), so that it ends this client only",
        "客户端消失后，recv() 和 send() 会抛出 OSError；在调用 accept() 的循环里面捕获它，"
        "这样只结束这一个客户端",
    )
    try:
        receive_answer(connection, b"hello", server, hint=hint)
    except CheckFailed:
        program.wait(ENDING_S)
        expect.running(program, hint=hint)
        raise


FORM = Text(
    r"an answer is [, what time.ctime() returns, ], one space, the text, and \n",
    r"回复的格式是：[、time.ctime() 的返回值、]、一个空格、原文、\n",
)
