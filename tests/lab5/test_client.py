"""Lab 5, the client: the peer is its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab5.programs import FILES, OK, expect_request, expect_stored, rows, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

HELLO = b"hello from the server\n"
LOOK_S = 0.02


@pytest.mark.points(1)
def test_client_acknowledges(client: Host, peer: Peer, port: int) -> None:
    """The client asks for the file, stores all of it, and says ok only then.
    客户端请求文件，完整保存，之后才回答 ok。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "hello.txt")
    connection = listener.accept()
    expect_request(connection, "0 hello.txt")
    connection.send_in_pieces(f"{len(HELLO)}\n".encode() + HELLO[:5], (3,))
    early = connection.receive(timeout_s=LOOK_S).data  # sent before the last piece was read
    expect.that(
        not early,
        saw=Text(
            "client.py sent {data} before the file was whole",
            "文件还没收完，client.py 就发来了 {data}",
        ).fill(data=early),
        wanted=Text("nothing until the file is whole", "文件收完之前什么都不发"),
        hint=STORED_FIRST,
    )
    connection.send(HELLO[5:])
    expect_request(connection, "ok", hint=OK)
    expect_stored(client, f"{FILES}/hello.txt", HELLO, hint=STORED_FIRST)
    connection.close()
    expect.ended(program, status=0, timeout_s=3.0)


@pytest.mark.points(1)
@pytest.mark.requires("client-acknowledges")
def test_client_joins_pieces(client: Host, peer: Peer, port: int) -> None:
    """The client copes with an answer that comes in any pieces.
    回答无论怎样分段到达，客户端都能正确处理。
    """
    data = b"12\nok\n\r\n0\nend"
    listener = peer.listen(port)
    start_client(client, listener.address, port, "lines.txt")
    connection = listener.accept()
    expect_request(connection, "0 lines.txt")
    connection.send_in_pieces(f"{len(data)}\n".encode() + data, (1, 6, 9))
    hint = Text(
        "one recv() may bring a part of LENGTH, or LENGTH and some of the file; read a line, then"
        " LENGTH bytes, whatever they are",
        "一次 recv() 可能只有 LENGTH 的一部分，也可能是 LENGTH 加上文件的开头；"
        "先读一行，再读 LENGTH 个字节，不管内容是什么",
    )
    expect_request(connection, "ok", hint=hint)
    expect_stored(client, f"{FILES}/lines.txt", data, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("client-acknowledges")
def test_client_asks_again(client: Host, peer: Peer, port: int) -> None:
    """The client fetches several files over one connection.
    客户端用一个连接取回多个文件。
    """
    files = {"one.txt": HELLO, "empty.txt": b"", "three.txt": rows(5000)}
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, *files)
    connection = listener.accept()
    hint = Text(
        "one connect() before the loop over the names; after ok the next request goes out on the"
        " same connection",
        "connect() 只做一次，放在遍历文件名的循环之前；发出 ok 之后，在同一个连接上发下一个请求",
    )
    for name, data in files.items():
        expect_request(connection, f"0 {name}", hint=hint)
        connection.send(f"{len(data)}\n".encode() + data)
        expect_request(connection, "ok", hint=OK)
    for name, data in files.items():
        expect_stored(client, f"{FILES}/{name}", data, hint=hint)
    connection.close()
    expect.ended(program, status=0, timeout_s=3.0)


STORED_FIRST = Text(
    "ok promises that the file is there under its name: write all, close() it, rename it, and only"
    " then say ok",
    "ok 表示文件已经以它的名字存好：先写完、close()、改名，最后才发 ok",
)
