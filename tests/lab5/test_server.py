"""Lab 5, the server: the peer is its client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab5.programs import FILES, ask, expect_file, expect_refusal, put, rows, serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

HELLO = b"hello from the server\n"
CLIENTS = 8
# More than the server's kernel takes from a program while the client does not read: the send buffer
# starts at 87 kB (tcp(7), tcp_wmem) and only grows with what is acknowledged.
LARGE_BYTES = 1_000_000
SMALL_BUFFER_BYTES = 8192


@pytest.mark.points(1)
def test_server_listens(server: Host, port: int) -> None:
    """The server listens on the HOST and PORT it is given.
    服务器在命令行给出的 HOST 和 PORT 上监听。
    """
    serve(server, port)


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
def test_server_tells_length(server: Host, peer: Peer, port: int) -> None:
    """The server answers a request with the file's length, and its bytes.
    服务器收到请求后，先回答文件的长度，再发送文件内容。
    """
    put(server, f"{FILES}/hello.txt", HELLO)
    serve(server, port)
    connection = peer.connect("server", port)
    ask(connection, "hello.txt")
    expect_file(connection, HELLO)


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-length")
def test_server_answers_again(server: Host, peer: Peer, port: int) -> None:
    """The server sends file after file on one connection, though ok and a request come together.
    同一个连接上，服务器可以一个接一个地发送文件，即使 ok 和下一个请求一起到达。
    """
    put(server, f"{FILES}/hello.txt", HELLO)
    put(server, f"{FILES}/empty.txt", b"")
    serve(server, port)
    connection = peer.connect("server", port)
    hint = Text(
        r"a connection serves request after request until the client closes it; one recv() may"
        r" bring ok\n and the next request at once: makefile('rb').readline() reads line by line",
        "在客户端关闭之前，一个连接要处理一个又一个请求；"
        r"一次 recv() 可能同时收到 ok\n 和下一个请求：makefile('rb').readline() 一次只读一行",
    )
    ask(connection, "hello.txt")
    expect_file(connection, HELLO)
    connection.send(b"ok\n0 empty.txt\n")
    expect_file(connection, b"", hint=hint)
    connection.send(b"ok\n0 hello.txt\n")
    expect_file(connection, HELLO, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-length")
def test_server_joins_request(server: Host, peer: Peer, port: int) -> None:
    """The server waits until a request is whole, though it comes byte by byte.
    请求一个字节一个字节地到达，服务器会等到收完整行。
    """
    put(server, f"{FILES}/你好.txt", HELLO)
    serve(server, port)
    connection = peer.connect("server", port)
    connection.send_in_pieces("0 你好.txt\n".encode())
    expect_file(
        connection,
        HELLO,
        hint=Text(
            r"one recv() is not one request, nor whole characters; collect bytes until \n has come,"
            " then decode() once",
            "一次 recv() 不等于一个请求，也可能只有半个汉字；"
            r"先收齐字节，直到 \n，再 decode() 一次",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-length")
def test_server_sends_rest(server: Host, peer: Peer, port: int) -> None:
    """The server sends only what follows OFFSET.
    服务器只发送 OFFSET 之后的内容。
    """
    data = rows(3000)
    put(server, f"{FILES}/rows.txt", data)
    serve(server, port)
    hint = Text(
        "seek(OFFSET) before reading; LENGTH counts the bytes that follow, not the whole file",
        "读之前先 seek(OFFSET)；LENGTH 是后面还有多少字节，不是整个文件的长度",
    )
    for offset in (1024, len(data)):
        connection = peer.connect("server", port)
        ask(connection, "rows.txt", offset=offset)
        expect_file(connection, data, offset=offset, hint=hint)
        connection.close()


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-length")
def test_server_refuses_missing(server: Host, peer: Peer, port: int) -> None:
    """The server says error for a missing file and for a folder, and goes on.
    请求的文件不存在或者是目录时，服务器回答 error，然后继续服务。
    """
    put(server, f"{FILES}/hello.txt", HELLO)
    put(server, f"{FILES}/folder/hello.txt", HELLO)
    serve(server, port)
    connection = peer.connect("server", port)
    hint = Text(
        "look before you open(), os.path.isfile(path), or catch OSError; then answer error and read"
        " the next request",
        "open() 之前用 os.path.isfile(path) 看一看，或者捕获 OSError；"
        "回答 error 之后继续读下一个请求",
    )
    for name in ("missing.txt", "folder"):
        ask(connection, name)
        expect_refusal(connection, name, hint=hint)
    ask(connection, "hello.txt")
    expect_file(connection, HELLO, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-refuses-missing")
def test_server_guards_folder(server: Host, peer: Peer, port: int) -> None:
    """The server gives away nothing outside of its FOLDER, whatever NAME says.
    无论 NAME 怎么写，服务器都不会发送 FOLDER 以外的文件。
    """
    put(server, f"{FILES}/public/hello.txt", HELLO)
    put(server, f"{FILES}/secret.txt", b"secret\n")
    serve(server, port, f"{FILES}/public")
    hint = Text(
        "os.path.join(FOLDER, NAME) follows .. and takes an absolute NAME as it is; refuse each"
        " NAME that has a / in it",
        "os.path.join(FOLDER, NAME) 会跟着 .. 走，NAME 是绝对路径时会直接用它；"
        "拒绝所有带 / 的 NAME",
    )
    connection = peer.connect("server", port)
    for name in ("../secret.txt", f"{FILES}/secret.txt", f"{FILES}/public/../secret.txt", ".."):
        ask(connection, name)
        expect_refusal(connection, name, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-length")
def test_server_serves_eight(server: Host, peer: Peer, port: int) -> None:
    """The server serves eight clients at once, though seven of them do not read.
    八个客户端同时连接，其中七个暂时不读数据，服务器也照样服务第八个。
    """
    mark = b"-- the end --\n"
    data = rows(LARGE_BYTES) + mark
    answer = f"{len(data)}\n".encode() + data
    put(server, f"{FILES}/large.txt", data)
    serve(server, port)
    connections = peer.crowd("server", port, count=CLIENTS, receive_buffer_bytes=SMALL_BUFFER_BYTES)
    for connection in connections:
        ask(connection, "large.txt")
    for connection in connections:
        connection.enlarge(1 << 20)
    *slow, last = connections
    hint = Text(
        "while sendall() waits for one client, no other is served: a thread for each connection",
        "sendall() 等待一个客户端时，别的客户端就没人管了：每个连接用一个线程",
    )
    received = last.receive(size=len(answer))
    if received.end != "size":
        raise last.failed(received, WHOLE.fill(count=len(answer)), timeout_s=3.0, hint=hint)
    expect.same_bytes(received.data, answer, hint=hint)
    for each in peer.exchange(slow, [b""] * len(slow), until=mark):
        expect.same_bytes(each.data, answer, hint=hint)


WHOLE = Text("all {count:,} bytes of the answer", "回答的全部 {count:,} 字节")
