"""Lab 9, the server: the peer is its client, over UDP and over TCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab9.programs import PACKET_TIMEOUT_S, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_datagrams import DatagramSocket
    from grader.seed import Draws

LONGEST_BYTES = 1400


@pytest.mark.points(1)
def test_server_answers_datagrams(server: Host, peer: Peer, port: int) -> None:
    """The server answers each datagram with its length and its text, to whoever sent it.
    服务器对每个数据报都回答它的长度和内容，发给发送它的那一方。
    """
    serve(server, port)
    one, other = peer.bind("server"), peer.bind("server")
    for socket, text in ((one, "hello"), (other, "你好"), (one, "again")):
        socket.send(text.encode(), to=port)
        expect_reply(socket, text.encode(), hint=TO_ITS_SENDER)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers-datagrams")
def test_server_takes_long_datagrams(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server loses nothing of a datagram of 1,400 bytes.
    1400 字节的数据报，服务器一个字节也不丢。
    """
    text = seed.text(LONGEST_BYTES).encode()[:LONGEST_BYTES].decode(errors="ignore")
    data = text.encode().ljust(LONGEST_BYTES, b".")
    serve(server, port)
    socket = peer.bind("server")
    socket.send(data, to=port)
    expect_reply(
        socket,
        data,
        hint=Text(
            "recvfrom(N) takes one datagram and throws away what is longer than N; unlike with TCP,"
            " the rest does not come with the next call. recvfrom(65535) holds any",
            "recvfrom(N) 取出一个数据报，超过 N 的部分直接丢掉；这和 TCP 不同，"
            "剩下的不会在下一次调用时出现。recvfrom(65535) 装得下任何数据报",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers-datagrams")
def test_server_answers_empty_datagrams(server: Host, peer: Peer, port: int) -> None:
    """The server answers an empty datagram, too, and goes on.
    空的数据报，服务器也会回答，然后继续服务。
    """
    serve(server, port)
    socket = peer.bind("server")
    hint = Text(
        "in TCP b'' is the end of the stream; UDP has no end: b'' is a datagram of 0 bytes",
        "在 TCP 里 b'' 表示流的结尾；UDP 没有结尾：b'' 就是一个 0 字节的数据报",
    )
    for data in (b"", b"hello"):
        socket.send(data, to=port)
        expect_reply(socket, data, hint=hint)


@pytest.mark.points(1)
def test_server_divides_the_stream(server: Host, peer: Peer, port: int) -> None:
    r"""Over TCP the server answers each line, though two come at once, or one in pieces.
    使用 TCP 时，两行一起到达，或者一行分几段到达，服务器都是一行一个回答。
    """
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=b"")
    expect.listening(server, port, program)
    connection = peer.connect("server", port)
    hint = Text(
        r"a stream has no boundaries: one recv() may bring two messages, or half of one. Read to"
        r" the next \n: for line in connection.makefile('rb')",
        r"流没有边界：一次 recv() 可能收到两条消息，也可能只有半条。要读到 \n 为止："
        "for line in connection.makefile('rb')",
    )
    connection.send(b"hello\nworld\n")
    for text in (b"hello", b"world"):
        expect.same_bytes(connection.receive_line(hint=hint), reply(text) + b"\n", hint=hint)
    connection.send_in_pieces("你好\n".encode())
    wanted = reply("你好".encode()) + b"\n"
    expect.same_bytes(connection.receive_line(hint=hint), wanted, hint=hint)


def reply(data: bytes) -> bytes:
    """Make the server's answer."""
    return b"%d bytes: %b" % (len(data), data)


def expect_reply(socket: DatagramSocket, data: bytes, *, hint: Text) -> None:
    """Take the next datagram: the answer to this one."""
    answer = socket.receive(timeout_s=PACKET_TIMEOUT_S, hint=hint)
    expect.same_bytes(answer.data, reply(data), hint=hint)


TO_ITS_SENDER = Text(
    "recvfrom() gives the datagram and its sender's address: sendto() this address; the length"
    " counts bytes",
    "recvfrom() 同时给出数据报和发送方的地址：用 sendto() 发回这个地址；长度按字节数",
)
