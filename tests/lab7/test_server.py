"""Lab 7, the server: it plays its part in each way to end a connection; the peer is its client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text, same
from lab7.programs import (
    CLIENT_FIRST,
    HALF_CLOSE,
    PATIENCE_S,
    RESET,
    SERVER_FIRST,
    ask,
    conversation_of,
    expect_waiting,
    rows,
    serve,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

SERVER = same("server.py")
DATA_ROWS = 3_000  # 96,000 bytes: more than one recv() of 65,536


@pytest.mark.points(1)
def test_server_closes_first(server: Host, peer: Peer, port: int) -> None:
    """server-first: the server sends the line back and closes first, with FIN.
    server-first：服务器把那一行发回，然后先用 FIN 关闭。
    """
    serve(server, port)
    with server.capture() as capture:
        connection = peer.connect("server", port)
        ask(connection, SERVER_FIRST)
        rest = connection.receive_until_end(
            hint=Text(
                "in this mode the client waits: close() after the line is sent",
                "在这种方式里客户端在等：发完那一行就 close()",
            )
        )
    expect.same_bytes(rest, b"")
    expect.that(
        conversation_of(capture, port).closed_first == "server",
        saw=Text("no FIN from server", "server 没有发出 FIN"),
        wanted=Text("the first FIN comes from server", "第一个 FIN 来自 server"),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-closes-first")
def test_server_waits_for_client(server: Host, peer: Peer, port: int) -> None:
    """client-first: the server waits for the client's FIN, then closes as well.
    client-first：服务器等客户端的 FIN，然后自己也关闭。
    """
    serve(server, port)
    with server.capture() as capture:
        connection = peer.connect("server", port)
        ask(connection, CLIENT_FIRST)
        expect_waiting(connection, SERVER)
        connection.shutdown()
        connection.receive_until_end(
            hint=Text(
                "recv() returns b'' after the client's FIN, at once and again and again; then"
                " close()",
                "客户端发出 FIN 之后，recv() 会立刻返回 b''，而且每次都是；这时就要 close()",
            )
        )
    expect.that(
        conversation_of(capture, port).closed_first == "peer",
        saw=Text("the first FIN comes from server", "第一个 FIN 来自 server"),
        wanted=Text("the first FIN comes from the client", "第一个 FIN 来自客户端"),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-closes-first")
def test_server_answers_half_close(server: Host, peer: Peer, port: int, seed: Draws) -> None:
    """half-close: the server reads to the client's FIN, then sends all data back, then closes.
    half-close：服务器一直读到客户端的 FIN，再把全部数据发回，然后关闭。
    """
    serve(server, port)
    connection = peer.connect("server", port)
    data = rows(DATA_ROWS, seed)
    connection.send_in_pieces(f"{HALF_CLOSE}\n".encode() + data, (4, 16))
    early = connection.receive(timeout_s=PATIENCE_S)
    expect.that(
        not early.data and early.end == "timeout",
        saw=SENDS_EARLY.fill(size=len(early.data)) if early.data else CLOSES_EARLY,
        wanted=Text("nothing until the client's FIN", "在客户端的 FIN 之前什么也不发"),
        hint=Text(
            r"one recv() is not one line and not all the data: read on, first to \n, then until"
            " recv() returns b''",
            r"一次 recv() 不等于一行，也不等于全部数据：先读到 \n，再一直读到 recv() 返回 b''",
        ),
    )
    connection.shutdown()
    hint = Text(
        "the client's FIN ends one direction only: collect until recv() returns b'', then sendall()"
        " what came after the first line",
        "客户端的 FIN 只结束了一个方向：一直收到 recv() 返回 b''，"
        "再用 sendall() 把第一行之后的内容发回去",
    )
    expect.same_bytes(connection.receive_until_end(hint=hint), data, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-closes-first")
def test_server_survives_reset(server: Host, peer: Peer, port: int) -> None:
    """reset: a RST ends this client's connection; the server goes on with the next client.
    reset：RST 只结束这一个客户端的连接，服务器继续服务下一个客户端。
    """
    program = serve(server, port)
    first = peer.connect("server", port)
    ask(first, RESET)
    first.reset()
    ask(peer.connect("server", port), SERVER_FIRST)
    expect.running(
        program,
        hint=Text(
            "recv() raises ConnectionResetError for a RST; catch it around this client's talk",
            "收到 RST 时，recv() 抛出 ConnectionResetError；请在服务这个客户端的那段代码外面捕获它",
        ),
    )


SENDS_EARLY = Text(
    "{size:,} bytes before the client's FIN",
    "客户端还没有发出 FIN，就已经收到 {size:,} 字节",
)
CLOSES_EARLY = Text(
    "the server closes before the client's FIN",
    "客户端还没有发出 FIN，服务器就关闭了",
)
