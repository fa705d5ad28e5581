"""Lab 4, the client: the peer is its server, the check types."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab4.programs import expect_end, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

PRINT_TIMEOUT_S = 3.0
END_TIMEOUT_S = 3.0


@pytest.mark.points(1)
def test_client_sends(client: Host, peer: Peer, port: int) -> None:
    """The client sends its NAME, then each line that is typed, in UTF-8.
    客户端先发送 NAME，再发送输入的每一行，用 UTF-8 编码。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "安娜")
    server = listener.accept()
    for typed, wanted in (("", "安娜"), ("hello\n", "hello"), ("你好\n", "你好")):
        program.send(typed.encode())
        expect.same_bytes(server.receive_line(hint=LINE_END), f"{wanted}\n".encode(), hint=AS_TYPED)
        said = f"安娜: {wanted}\n" if typed else "安娜 joined\n"
        server.send(said.encode())


@pytest.mark.points(1)
@pytest.mark.requires("client-sends")
def test_client_sends_freely(client: Host, peer: Peer, port: int) -> None:
    """The client sends what is typed, though nothing comes.
    什么都没有收到，客户端也照样发送输入的内容。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "anna")
    server = listener.accept()
    server.receive_line()
    for typed in ("one", "two", "three"):
        program.send(f"{typed}\n".encode())
        expect.same_bytes(server.receive_line(hint=FREELY), f"{typed}\n".encode(), hint=FREELY)


@pytest.mark.points(1)
@pytest.mark.requires("client-sends")
def test_client_prints_freely(client: Host, peer: Peer, port: int) -> None:
    """The client prints what comes, though nothing is typed.
    没有人输入，客户端也照样打印收到的内容。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "anna")
    server = listener.accept()
    server.receive_line()
    for line in ("anna joined", "ben joined", "ben: 你好"):
        server.send(f"{line}\n".encode())
        program.wait_for_output(line.encode(), PRINT_TIMEOUT_S)
        expect.printed(program, line.encode(), hint=FREELY)


@pytest.mark.points(1)
@pytest.mark.requires("client-sends")
def test_client_ends_with_input(client: Host, peer: Peer, port: int) -> None:
    """The client ends with status 0 when its input ends and all is sent.
    输入结束后，客户端把内容全部发完，以状态码 0 结束。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "anna")
    server = listener.accept()
    server.receive_line()
    # A program may close without waiting for more. What it has not read by then would make that a
    # RST, which takes what is not sent yet (RFC 1122, 4.2.2.13): so it is let read before.
    server.send(b"anna joined\n")
    program.send(b"hello\n")
    expect.same_bytes(server.receive_line(), b"hello\n")
    server.send(b"anna: hello\n")
    program.wait_for_output(b"anna: hello\n", PRINT_TIMEOUT_S)
    program.send(b"bye\n", closes=True)
    expect.same_bytes(server.receive_line(), b"bye\n")
    server.send(b"anna: bye\n")
    ending = Text(
        "shutdown(socket.SHUT_WR) tells the server that no more comes, or close() the connection",
        "用 shutdown(socket.SHUT_WR) 告诉服务器不会再发了，或者 close() 关闭连接",
    )
    received = server.receive(timeout_s=END_TIMEOUT_S)
    expect.same_bytes(received.data, b"")
    if received.end not in ("fin", "reset"):
        wanted = Text("the client ends its stream", "客户端结束它的流")
        raise server.failed(received, wanted, timeout_s=END_TIMEOUT_S, hint=ending)
    server.close()
    expect.ended(program, status=0, timeout_s=END_TIMEOUT_S, hint=ending)


@pytest.mark.points(1)
@pytest.mark.requires("client-sends")
def test_client_ends_with_server(client: Host, peer: Peer, port: int) -> None:
    """The client ends with status 0 when the server has closed.
    服务器关闭连接后，客户端以状态码 0 结束。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "anna")
    server = listener.accept()
    server.receive_line()
    server.send(b"anna joined\n")
    server.close()
    after = Text("the server's FIN", "服务器的 FIN")
    by_status = {-signal.SIGABRT: HOLDS_BUFFER}
    expect_end(program, after, limit_s=END_TIMEOUT_S, late=TWO_THREADS, by_status=by_status)


LINE_END = Text(
    r"each line ends with \n, the name too: without it the server waits for more",
    r"每一行都以 \n 结尾，名字也是；没有它，服务器会一直等下去",
)
AS_TYPED = Text(
    "NAME is sys.argv[3]; send it, then each line as it was typed, with nothing before or after",
    "NAME 是 sys.argv[3]；先发送它，再原样发送输入的每一行，前后都不要加别的内容",
)
FREELY = Text(
    "input() and recv() both wait; let one thread read the keyboard and send, another receive and"
    " print",
    "input() 和 recv() 都会等待；用一个线程读键盘并发送，另一个线程接收并打印",
)
TWO_THREADS = Text(
    "one thread waits for the keyboard, one for the network: let the first be a daemon and the"
    " program end with the second",
    "一个线程等键盘，一个线程等网络：让前者做守护线程，后者结束时程序就结束",
)
HOLDS_BUFFER = Text(
    "a daemon that waits in sys.stdin.buffer keeps Python from closing it: read lines from"
    " sys.stdin itself, or end with os._exit(0)",
    "守护线程停在 sys.stdin.buffer 里，Python 结束时就关不掉它："
    "直接从 sys.stdin 逐行读取，或者用 os._exit(0) 结束",
)
