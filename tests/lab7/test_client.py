"""Lab 7, the client: it ends its connection in the way asked for; the peer is its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text, same
from lab7.programs import (
    CLIENT_FIRST,
    CLOSE_TIMEOUT_S,
    HALF_CLOSE,
    RESET,
    SERVER_FIRST,
    asked,
    conversation_of,
    expect_data,
    expect_waiting,
    rows,
    start_client,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

CLIENT = same("client.py")
DATA_ROWS = 3_000  # 96,000 bytes: more than one recv() of 65,536


@pytest.mark.points(1)
def test_client_closes_first(client: Host, peer: Peer, port: int) -> None:
    """client-first: the client closes first, with FIN, as soon as it has the line.
    client-first：客户端一收到那一行，就先用 FIN 关闭。
    """
    with client.capture() as capture:
        _, connection = asked(client, peer.listen(port), CLIENT_FIRST)
        connection.receive_until_end(
            hint=Text(
                "the server waits for the client's FIN: close() when the line has come",
                "服务器在等客户端的 FIN：收到那一行就 close()",
            )
        )
        connection.close()
    expect.that(
        conversation_of(capture, port).closed_first == "client",
        saw=Text("no FIN from client", "client 没有发出 FIN"),
        wanted=Text("the first FIN comes from client", "第一个 FIN 来自 client"),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-closes-first")
def test_client_waits_for_server(client: Host, peer: Peer, port: int) -> None:
    """server-first: the client waits for the server's FIN, then ends with status 0.
    server-first：客户端等服务器的 FIN，然后以状态码 0 结束。
    """
    with client.capture() as capture:
        program, connection = asked(client, peer.listen(port), SERVER_FIRST)
        expect_waiting(connection, CLIENT)
        connection.close()
        expect.ended(program, status=0, timeout_s=CLOSE_TIMEOUT_S)
    expect.that(
        conversation_of(capture, port).closed_first == "peer",
        saw=Text("the first FIN comes from client", "第一个 FIN 来自 client"),
        wanted=Text("the first FIN comes from the server", "第一个 FIN 来自服务器"),
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-closes-first")
def test_client_half_closes(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """half-close: the client sends its input and FIN, then prints all that still comes.
    half-close：客户端发送输入内容和 FIN，再打印之后收到的全部数据。
    """
    data = rows(DATA_ROWS, seed)
    listener = peer.listen(port)
    with client.capture() as capture:
        program = start_client(client, listener.address, port, HALF_CLOSE, data)
        connection = listener.accept()
        sent = connection.receive_until_end(hint=SHUTDOWN)
        expect.same_bytes(sent, f"{HALF_CLOSE}\n".encode() + data, hint=SHUTDOWN)
        connection.send_in_pieces(data, (len(data) // 3,))
        connection.close()
        expect.ended(program, status=0, timeout_s=CLOSE_TIMEOUT_S, hint=SHUTDOWN)
    expect_data(program, data, hint=READ_ON if program.stdout else SHUTDOWN)
    resets = conversation_of(capture, port).reset_by
    expect.that(
        not resets,
        saw=Text("a RST from {host}", "{host} 发出了 RST").fill(host=", ".join(resets)),
        wanted=Text("FIN from both sides", "双方都发送 FIN"),
        hint=READ_ON,
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-closes-first")
def test_client_resets(client: Host, peer: Peer, port: int) -> None:
    """reset: the client ends with RST instead of FIN, after it has the line.
    reset：客户端收到那一行之后，用 RST 而不是 FIN 结束连接。
    """
    with client.capture() as capture:
        program, connection = asked(client, peer.listen(port), RESET)
        received = connection.receive(timeout_s=CLOSE_TIMEOUT_S)
    expect.that(
        received.end != "timeout",
        saw=STILL_OPEN.fill(t=CLOSE_TIMEOUT_S),
        wanted=A_RESET,
        hint=LINGER,
    )
    conversation = conversation_of(capture, port)
    expect.that(
        set(conversation.reset_by) == {"client"} and conversation.closed_first is None,
        saw=Text("a FIN from client", "client 发出了 FIN"),
        wanted=A_RESET,
        hint=LINGER,
    )
    expect.ended(program, status=0, timeout_s=CLOSE_TIMEOUT_S)


SHUTDOWN = Text(
    "shutdown(SHUT_WR) after the last byte sends FIN, and recv() goes on; close() would end both"
    " directions",
    "发完最后一个字节后 shutdown(SHUT_WR)，发出 FIN，而 recv() 还能继续；close() 会结束两个方向",
)
READ_ON = Text(
    "one recv() is not all: go on until it returns b'', then close()",
    "一次 recv() 不等于全部数据：一直收到它返回 b''，再 close()",
)
STILL_OPEN = Text("after {t:g} s the connection is still open", "{t:g} 秒后连接仍然开着")
A_RESET = Text("a RST from client, and no FIN", "client 发出 RST，没有 FIN")
LINGER = Text(
    'setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0)) before close(): linger is on, for'
    " 0 s (socket(7)); shutdown() would send FIN",
    'close() 之前 setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))：'
    "打开 linger，时间为 0 秒（socket(7)）；shutdown() 发出的是 FIN",
)
