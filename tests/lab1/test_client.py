"""Lab 1, the client: the peer is its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab1.programs import ask, expect_whole, long_text, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

LONG_BYTES = 300_000
PRINT_TIMEOUT_S = 3.0


@pytest.mark.points(1)
def test_client_sends_line(client: Host, peer: Peer, port: int) -> None:
    r"""The client sends one line, hello by default, ended by \n.
    客户端发送一行，默认是 hello，以 \n 结尾。
    """
    listener = peer.listen(port)
    start_client(client, listener.address, port)
    connection = listener.accept()
    line = connection.receive_line(
        hint=Text(
            r"the server waits for \n: without it a line has no end",
            r"服务器要等到 \n 才知道一行结束；没有它，这一行就没有完",
        )
    )
    expect.same_bytes(line, b"hello\n", hint=EXACTLY)
    connection.send(b"5 bytes: hello\n")
    connection.shutdown()
    rest = connection.receive(timeout_s=1.0).data  # whether it ends is another check's question
    expect.same_bytes(line + rest, b"hello\n", hint=EXACTLY)


@pytest.mark.points(1)
@pytest.mark.requires("client-sends-line")
def test_client_sends_utf_8(client: Host, peer: Peer, port: int) -> None:
    """The client sends the TEXT it is given, in UTF-8.
    客户端以 UTF-8 编码发送命令行给出的 TEXT。
    """
    listener = peer.listen(port)
    start_client(client, listener.address, port, "你好")
    hint = Text(
        "TEXT is sys.argv[3]; encode() makes UTF-8 of it when no other encoding is named",
        "TEXT 是 sys.argv[3]；encode() 不指定编码时就是 UTF-8",
    )
    line = listener.accept().receive_line(hint=hint)
    expect.same_bytes(line, "你好\n".encode(), hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("client-sends-line")
def test_client_prints_reply(client: Host, peer: Peer, port: int) -> None:
    """The client prints the reply.
    客户端打印收到的回复。
    """
    program, connection = ask(client, peer.listen(port))
    connection.send("6 bytes: 你好\n".encode())
    connection.close()
    wanted = "6 bytes: 你好".encode()
    program.wait_for_output(wanted, PRINT_TIMEOUT_S)
    expect.printed(
        program,
        wanted,
        hint=Text(
            "print what recv() returned, after decode(): bytes are shown as b'...'",
            "把 recv() 返回的内容 decode() 之后打印；直接打印 bytes 会显示成 b'...'",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-prints-reply")
def test_client_reads_to_end(client: Host, peer: Peer, port: int) -> None:
    """The client prints the whole reply, though it comes in pieces.
    回复分几段到达，客户端也会打印完整的回复。
    """
    program, connection = ask(client, peer.listen(port))
    connection.send_in_pieces(b"5 bytes: hello\n", (4, 11))
    connection.close()
    program.wait_for_output(b"5 bytes: hello", PRINT_TIMEOUT_S)
    expect.printed(
        program,
        b"5 bytes: hello",
        hint=Text(
            "one recv() is not one reply: it returns what has come so far. Go on until it returns"
            " b'': then the server has closed",
            "一次 recv() 不等于一个回复：它只返回已经到达的部分。请继续接收，"
            "直到它返回 b''，这时服务器已经关闭连接",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-reads-to-end")
def test_client_joins_characters(client: Host, peer: Peer, port: int) -> None:
    """The client copes with a cut inside a Chinese character.
    一个汉字的几个字节分两次到达，客户端也能正确处理。
    """
    program, connection = ask(client, peer.listen(port))
    connection.send_in_pieces("6 bytes: 你好\n".encode(), (10, 14))
    connection.close()
    wanted = "6 bytes: 你好".encode()
    program.wait_for_output(wanted, PRINT_TIMEOUT_S)
    expect.printed(
        program,
        wanted,
        hint=Text(
            "recv() may return a part of a character; collect bytes until the end, then decode()"
            " once",
            "recv() 可能只返回半个汉字；先把字节收齐，再 decode() 一次",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-reads-to-end")
def test_client_reads_long_reply(client: Host, peer: Peer, port: int) -> None:
    """The client prints the whole of a long reply.
    回复很长时，客户端也会完整地打印出来。
    """
    program, connection = ask(client, peer.listen(port))
    head = f"{LONG_BYTES} bytes: ".encode()
    reply = head + long_text(LONG_BYTES).encode()
    connection.send(reply + b"\n")
    connection.close()
    program.wait_for_output(reply, PRINT_TIMEOUT_S)
    _, found, after = program.stdout.partition(head)
    expect_whole(
        (found + after)[: len(reply)],
        reply,
        hint=Text(
            "a reply has no greatest length here; go on with recv() until it returns b''",
            "这里对回复的长度没有限制；反复调用 recv()，直到它返回 b''",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-sends-line")
def test_client_ends(client: Host, peer: Peer, port: int) -> None:
    """The client ends with status 0 when the server has closed.
    服务器关闭连接后，客户端以状态码 0 结束。
    """
    program, connection = ask(client, peer.listen(port))
    connection.send(b"5 bytes: hello\n")
    connection.close()
    expect.ended(
        program,
        status=0,
        timeout_s=3.0,
        hint=Text(
            "a program that comes to its last line ends with status 0; an exception, or sys.exit()"
            " with a text, ends it with 1",
            "程序执行完最后一行，状态码就是 0；出现异常，或者 sys.exit() 带上文字，状态码就是 1",
        ),
    )


EXACTLY = Text(
    r"send the text and \n, once, with nothing before or after them",
    r"只发送原文和 \n，发一次，前后都不要加别的内容",
)
