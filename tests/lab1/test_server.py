"""Lab 1, the server: the peer is its client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab1.programs import expect_whole, long_text, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

LONG_LINE_BYTES = 300_000
# More than the server's kernel takes from send() while the peer does not read: the send buffer
# starts at 87 kB (tcp(7), tcp_wmem) and only grows with what is acknowledged.
LONG_REPLY_BYTES = 1_000_000
SMALL_BUFFER_BYTES = 8192


@pytest.mark.points(1)
def test_server_listens(server: Host, port: int) -> None:
    """The server listens on the HOST and PORT it is given.
    服务器在命令行给出的 HOST 和 PORT 上监听。
    """
    serve(server, port)


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
def test_server_answers(server: Host, peer: Peer, port: int) -> None:
    """The server answers a line with its length and its text.
    服务器收到一行后，回复它的长度和内容。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hello\n")
    expect.same_bytes(
        connection.receive_line(hint=SENDS_NO_LINE),
        b"5 bytes: hello\n",
        hint=Text(
            r"a reply is the number, then ' bytes: ', the text, and \n, with nothing else",
            r"回复的格式是：数字、' bytes: '、原文、\n，不多不少",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_closes(server: Host, peer: Peer, port: int) -> None:
    """The server closes the connection after its one line, with FIN.
    服务器回复一行后用 FIN 正常关闭连接。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hello\n")
    expect.same_bytes(
        connection.receive_until_end(),
        b"5 bytes: hello\n",
        hint=Text(
            "one line is the whole reply; close() comes after it",
            "回复只有一行，之后就 close()",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_counts_bytes(server: Host, peer: Peer, port: int) -> None:
    """The server counts bytes, not characters.
    服务器数的是字节，不是字符。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send("你好\n".encode())
    expect.same_bytes(
        connection.receive_line(hint=SENDS_NO_LINE),
        "6 bytes: 你好\n".encode(),
        hint=Text(
            "len() of a str counts characters; 你好 is 2 characters and 6 bytes in UTF-8."
            " Count before decode()",
            "对 str 用 len() 数的是字符；你好 是 2 个字符，在 UTF-8 里占 6 个字节。"
            "请在 decode() 之前数",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_takes_telnet(server: Host, peer: Peer, port: int) -> None:
    r"""The server takes \r\n, which telnet sends, as the end of the line.
    服务器把 telnet 发送的 \r\n 当作行尾。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hello\r\n")
    expect.same_bytes(
        connection.receive_line(hint=SENDS_NO_LINE),
        b"5 bytes: hello\n",
        hint=Text(
            r"telnet ends a line with \r\n; the \r belongs to the line end, not to the text",
            r"telnet 的行尾是 \r\n；\r 属于行尾，不属于原文",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_waits_for_line(server: Host, peer: Peer, port: int) -> None:
    """The server waits until the line is whole, though it comes byte by byte.
    一行数据一个字节一个字节地到达，服务器会等到收完整行。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces(b"hello\n")
    expect.same_bytes(connection.receive_line(hint=ONE_RECV), b"5 bytes: hello\n", hint=ONE_RECV)


@pytest.mark.points(1)
@pytest.mark.requires("server-counts-bytes", "server-waits-for-line")
def test_server_joins_characters(server: Host, peer: Peer, port: int) -> None:
    """The server copes with a cut inside a Chinese character.
    一个汉字的几个字节分两次到达，服务器也能正确处理。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces("你好\n".encode(), (1, 5))
    hint = Text(
        "recv() may return a part of a character; collect bytes until the line is whole, then"
        " decode() once",
        "recv() 可能只返回半个汉字；先把整行的字节收齐，再 decode() 一次",
    )
    expect.same_bytes(connection.receive_line(hint=hint), "6 bytes: 你好\n".encode(), hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-waits-for-line")
def test_server_reads_long_line(server: Host, peer: Peer, port: int) -> None:
    """The server reads the whole of a long line before it answers.
    一行很长时，服务器先收完整行再回复。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    wanted = f"{LONG_LINE_BYTES} bytes: ".encode()
    connection.send(long_text(LONG_LINE_BYTES).encode() + b"\n")
    expect.same_bytes(
        connection.receive(size=len(wanted)).data,
        wanted,
        hint=Text(
            r"a line has no greatest length here; go on with recv() until \n has come",
            r"这里对一行的长度没有限制；反复调用 recv()，直到收到 \n",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-reads-long-line", "server-closes")
def test_server_sends_all(server: Host, peer: Peer, port: int) -> None:
    """The server sends the whole of a long reply to a client that reads slowly.
    回复很长、客户端读得慢时，服务器也会把回复发完。
    """
    serve(server, port)
    connection = peer.connect("server", port, receive_buffer_bytes=SMALL_BUFFER_BYTES)
    text = long_text(LONG_REPLY_BYTES).encode()
    connection.send(text + b"\n")
    connection.wait_until_full()
    connection.enlarge(1 << 20)
    expect_whole(
        connection.receive().data,
        f"{LONG_REPLY_BYTES} bytes: ".encode() + text + b"\n",
        hint=Text(
            "send() returns how many bytes the kernel took, which may be fewer than you gave;"
            " sendall() goes on until all are taken",
            "send() 返回内核接收了多少字节，可能比你给的少；sendall() 会一直发到全部发完",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-closes")
def test_server_notices_end(server: Host, peer: Peer, port: int) -> None:
    """The server closes the connection of a client that leaves in the middle of a line.
    客户端一行没发完就离开，服务器会关闭这个连接。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send(b"hel")
    connection.shutdown()
    received = connection.receive(timeout_s=2.0)
    expect.that(
        received.end in ("fin", "reset"),
        saw=Text(
            "2 s after the client's FIN the connection is still open",
            "客户端发出 FIN 后过了 2 秒，连接仍然开着",
        ),
        wanted=Text("the server closes the connection", "服务器关闭连接"),
        hint=Text(
            r"recv() returns b'' at the end of the stream, at once and again and again: no \n will"
            " come any more",
            r"流结束后，recv() 会立刻返回 b''，而且每次都是：不会再有 \n 了",
        ),
    )


SENDS_NO_LINE = Text(
    r"a reply ends with \n, too; encode() the str before sending",
    r"回复也要以 \n 结尾；str 要先 encode() 再发送",
)
ONE_RECV = Text(
    r"one recv() is not one line: it returns what has come so far. Go on until \n has come",
    r"一次 recv() 不等于一行：它只返回已经到达的部分。请继续接收，直到收到 \n",
)
