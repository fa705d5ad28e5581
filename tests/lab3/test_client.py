"""Lab 3, the client: the peer is its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab3.answers import answer
from lab3.programs import (
    START_TIMEOUT_S,
    accept,
    expect_report,
    expect_whole,
    long_text,
    start_client,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection

pytestmark = pytest.mark.limit(20)  # room for a machine that does much else

PRINT_TIMEOUT_S = 3.0
ONCE = b"Tue Jul  4 05:06:07 1995"  # a time that the client cannot have from its own clock
LONG_BYTES = 1 << 20
SMALL_BUFFER_BYTES = 8192
SILENCE_S = 1.5  # a program may send byte by byte, but it does not pause


@pytest.mark.points(1)
def test_client_prints_answers(client: Host, peer: Peer, port: int) -> None:
    """The client sends each line at once, and prints each answer at once.
    输入一行，客户端立即发送；回复一到，客户端立即打印。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, b"hello\n")
    connection = accept(listener)
    expect.same_bytes(connection.receive_line(hint=AT_ONCE), b"hello\n", hint=EXACTLY)
    connection.send(answer(b"hello", ONCE))
    wanted = answer(b"hello", ONCE).rstrip(b"\n")
    program.wait_for_output(wanted, PRINT_TIMEOUT_S)
    expect.printed(program, wanted, hint=PRINTS)
    expect.that(
        b"b'" + wanted not in program.stdout,
        saw=Text("client.py printed {data}", "client.py 输出了 {data}").fill(data=program.stdout),
        wanted=Text("{data}, without b'…'", "{data}，没有 b'…'").fill(data=wanted),
        hint=PRINTS,
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-prints-answers")
def test_client_sends_all_lines(client: Host, peer: Peer, port: int) -> None:
    r"""The client sends each line in UTF-8 and with \n, the last one, too.
    客户端以 UTF-8 发送每一行，以 \n 结尾，空行和最后一行也不例外。
    """
    listener = peer.listen(port)
    start_client(client, listener.address, port, "你好\n\nend".encode(), closes=True)
    connection = accept(listener)
    for text, hint in (("你好", IN_UTF_8), ("", EMPTY), ("end", LAST)):
        line = connection.receive_line(hint=hint)
        expect.same_bytes(line, text.encode() + b"\n", hint=hint)
        connection.send(answer(text.encode(), ONCE))


@pytest.mark.points(1)
@pytest.mark.requires("client-prints-answers")
def test_client_joins_pieces(client: Host, peer: Peer, port: int) -> None:
    """The client prints the whole answer, though it comes in pieces.
    回复分几段到达，甚至切在汉字中间，客户端也会打印完整的回复。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "你好\n".encode())
    connection = accept(listener)
    connection.receive_line()
    line = answer("你好".encode(), ONCE)
    connection.send_in_pieces(line, (4, 28, 32))
    wanted = line.rstrip(b"\n")
    program.wait_for_output(wanted, PRINT_TIMEOUT_S)
    expect.printed(
        program,
        wanted,
        hint=Text(
            r"one recv() is not one answer: collect bytes until the \n has come, then decode()",
            r"一次 recv() 不等于一个回复：先把字节收齐，直到收到 \n，再 decode()",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-prints-answers")
def test_client_sends_long_line(client: Host, peer: Peer, port: int) -> None:
    """The client sends all of a 1 MiB line to a server that reads slowly.
    一行长达 1 MiB、服务器读得慢，客户端也会把它发完。
    """
    listener = peer.listen(port, receive_buffer_bytes=SMALL_BUFFER_BYTES)
    line = long_text(LONG_BYTES) + b"\n"
    start_client(client, listener.address, port, line)
    connection = accept(listener)
    connection.wait_until_full()
    connection.enlarge(LONG_BYTES)
    expect_whole(
        receive_while_it_comes(connection),
        line,
        hint=Text(
            "send() returns how many bytes the kernel took, which may be fewer than you gave;"
            " sendall() goes on until all are taken",
            "send() 返回内核收下了多少字节，可能比你给的少；sendall() 会一直发到全部发完",
        ),
    )


def receive_while_it_comes(connection: Connection) -> bytes:
    """Read one line, for as long as more of it comes; give what has come."""
    came = b""
    while True:
        received = connection.receive(until=b"\n", timeout_s=SILENCE_S)
        came += received.data
        if received.end != "timeout" or not received.data:
            return came


@pytest.mark.points(1)
def test_client_reports_refusal(client: Host, peer: Peer, port: int) -> None:
    """The client reports that there is no server.
    服务器没有启动时，客户端会报告。
    """
    program = start_client(client, peer.address, port, b"hello\n")
    expect_report(
        program,
        Text("nothing listens at that port", "那个端口上没有程序监听"),
        timeout_s=START_TIMEOUT_S,
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-prints-answers")
def test_client_reports_end(client: Host, peer: Peer, port: int) -> None:
    """The client reports that the server has left, by FIN or by RST.
    服务器中途离开，无论发的是 FIN 还是 RST，客户端都会报告。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, b"hello\n")
    connection = accept(listener)
    connection.receive_line()
    connection.shutdown()
    expect_report(program, Text("the server sends FIN", "服务器发出 FIN"))
    program = start_client(client, listener.address, port, b"hello\n")
    connection = accept(listener)
    connection.receive_line()
    connection.reset()
    expect_report(program, Text("the server sends RST", "服务器发出 RST"))


AT_ONCE = Text(
    r"send each line when it has been read, with its \n; do not wait for the end of the input",
    r"读到一行就发送一行，带上 \n；不要等到输入结束",
)
EXACTLY = Text(
    r"send the line and \n, once, with nothing before or after them",
    r"只发送这一行和 \n，发一次，前后都不要加别的内容",
)
IN_UTF_8 = Text(
    "encode() makes UTF-8 of the text when no other encoding is named",
    "encode() 不指定编码时就是 UTF-8",
)
EMPTY = Text(
    r"an empty line is a message, too; it is sent as \n alone",
    r"空行也是一条消息，发送的就是一个 \n",
)
LAST = Text(
    r"the end of the input ends the last line, too: send it with a \n",
    r"输入结束，最后一行也就结束了：发送时要补上 \n",
)
PRINTS = Text(
    "print each answer when it has come, after decode(): bytes are shown as b'...'. Do not wait for"
    " more input, or for the end of the stream",
    "收到一个回复就打印一个，先 decode()：直接打印 bytes 会显示成 b'...'；"
    "不要等下一行输入，也不要等流结束",
)
