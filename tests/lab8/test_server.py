"""Lab 8, the server: the peer is its client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab8.programs import MARGIN_S, end_of, expect_buffer, expect_number, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection
    from grader.program import Program
    from grader.seed import Draws

SHORT_NAP_S = 0.2
OPEN_S = 0.6  # twice as long the connection stays open, to be looked at
NAPS_S = (0.7, 3.0)  # long enough to fill a buffer; on a busy machine the second is
MUCH_BYTES = 2_000_000  # more than the buffers of both hosts hold while the server sleeps
# Doubled by Linux these are still less than it allows: net.core.rmem_max, 212,992 at least.
SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES = 5_000, 90_000
# What is sent fits: the window begins near 64 kB, also if the buffer is asked for after accept().
WIDE_BUFFER_BYTES = 100_000
SMALLEST_LOAD_BYTES, LARGEST_LOAD_BYTES = 20_000, 50_000


@pytest.mark.points(1)
def test_server_answers(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server answers each client with how many bytes it has received.
    服务器告诉每个客户端它收到了多少字节。
    """
    serve(server, port, SHORT_NAP_S, 1)
    for size in (seed.number(1, 1000), MUCH_BYTES + seed.number(1, 1000)):
        connection = peer.connect("server", port)
        connection.send(b"x" * size)
        connection.shutdown()
        expect_received(connection, size)


def expect_received(connection: Connection, size: int) -> None:
    """Fail unless the server says that it has received so many bytes, then closes."""
    told = connection.receive_line(hint=ALL)
    expect.same_bytes(told, f"received {size} bytes\n".encode(), hint=ALL)
    expect.same_bytes(connection.receive_until_end(), b"")


@pytest.mark.points(1)
def test_server_takes_backlog(server: Host, port: int, seed: Draws) -> None:
    """The server listens with the BACKLOG it is given.
    服务器用给定的 BACKLOG 监听。
    """
    backlog = seed.number(2, 20)
    serve(server, port, SHORT_NAP_S, backlog)
    granted = next(
        each.send_queue_bytes
        for each in server.sockets(only="listening")
        if each.state == "LISTEN" and each.local[1] == port
    )
    expect.that(
        granted == backlog,
        saw=Text("the backlog is {granted}", "backlog 是 {granted}").fill(granted=granted),
        wanted=Text("{backlog}, as it was given", "{backlog}，即命令行给出的值").fill(
            backlog=backlog
        ),
        hint=Text(
            "listen(BACKLOG): without a number Python takes 128, or less where the system allows"
            " less",
            "listen(BACKLOG)：不给参数时 Python 取 128，系统上限更小时取上限",
        ),
        look=Text("type ss -tln on server: Send-Q", "在 server 上运行 ss -tln，看 Send-Q"),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_reports_waiting(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server reads nothing while it sleeps, then reports how many bytes wait.
    服务器睡眠时什么都不读，之后报告积压了多少字节。
    """
    size = seed.number(SMALLEST_LOAD_BYTES, LARGEST_LOAD_BYTES)
    for number, seconds in enumerate(NAPS_S):
        program = serve(server, port + number, seconds, 1, WIDE_BUFFER_BYTES)
        connection = peer.connect("server", port + number)
        connection.send(b"x" * size)
        if is_waiting(server, connection, program, size):
            break
    expect_number(
        program,
        "waiting",
        size,
        hint=Text(
            "recv(n) gives at most n bytes, not all that wait. The kernel counts them:"
            " ioctl FIONREAD (SIOCINQ of tcp(7)); ss -tn shows them as Recv-Q",
            "recv(n) 最多给 n 字节，不一定是全部积压的数据。内核知道有多少："
            "ioctl 的 FIONREAD（tcp(7) 里的 SIOCINQ）；ss -tn 显示为 Recv-Q",
        ),
    )
    connection.shutdown()
    expect_received(connection, size)


def is_waiting(server: Host, connection: Connection, program: Program, size: int) -> bool:
    """Wait until the server's kernel has all bytes; tell if it had them before the report."""

    def has_all() -> bool:
        seen = end_of(server, connection.remote)
        return seen is not None and seen.receive_queue_bytes == size

    server.steps.deadline.wait_until(lambda: has_all() or b"waiting:" in program.stdout, 2.0)
    return b"waiting:" not in program.stdout


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_reports_buffer(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The server reports the receive buffer that the kernel gave, not what was asked.
    服务器报告内核实际给的接收缓冲区大小，不是要求的大小。
    """
    size = seed.number(SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES)
    program = serve(server, port, OPEN_S, 1, size)
    peer.connect("server", port).send(b"x")
    expect_buffer(
        program,
        "SO_RCVBUF",
        port,
        size,
        hint=Text(
            "setsockopt(SOL_SOCKET, SO_RCVBUF, RCVBUF) on the listening socket, before listen():"
            " its connections inherit it",
            "在 listen() 之前对监听套接字 setsockopt(SOL_SOCKET, SO_RCVBUF, RCVBUF)："
            "它接受的连接会继承",
        ),
    )
    expect_number(program, "SO_RCVBUF", 2 * size, hint=ASK)


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_gives_up(server: Host, peer: Peer, port: int) -> None:
    """The server gives a silent client up after SECONDS, and serves the next.
    客户端沉默超过 SECONDS，服务器放弃它，服务下一个。
    """
    seconds = 0.4
    program = serve(server, port, seconds, 1)
    silent = peer.connect("server", port)
    silent.send(b"x" * 10)
    following = peer.connect("server", port)
    following.send(b"x" * 20)
    following.shutdown()
    received = following.receive(timeout_s=3 * seconds + MARGIN_S)
    if not received.data:
        raise following.failed(received, AN_ANSWER, timeout_s=3 * seconds + MARGIN_S, hint=FOR_EVER)
    expect.same_bytes(received.data, b"received 20 bytes\n")
    program.wait_for_output(b"recv: timed out", 2 * seconds + MARGIN_S)  # it may serve both at once
    expect.printed(program, b"recv: timed out", hint=FOR_EVER)


ALL = Text(
    "count what every recv() returns until it returns b'': the client has ended its stream then",
    "把每次 recv() 返回的字节数加起来，直到它返回 b''：那时客户端的流才结束",
)
ASK = Text(
    "the kernel doubles what setsockopt() asks for, for its own book-keeping (socket(7));"
    " getsockopt() tells what there is",
    "内核会把 setsockopt() 要的大小加倍，留给自己记账用（socket(7)）；实际大小要用 getsockopt() 问",
)
AN_ANSWER = Text(
    "the next client is served: received 20 bytes", "下一个客户端得到服务：received 20 bytes"
)
FOR_EVER = Text(
    "recv() waits for ever for a client that sends nothing and does not close:"
    " settimeout(SECONDS), then recv() raises TimeoutError; print recv: timed out, close, go on",
    "客户端不发数据也不关闭时，recv() 会一直等下去：先 settimeout(SECONDS)，到时 recv() 抛出"
    " TimeoutError；打印 recv: timed out，关闭连接，继续服务",
)
