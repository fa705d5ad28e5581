"""Lab 5, the client when something goes wrong: the peer is its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from lab5.programs import (
    FILES,
    NO_FILE,
    OK,
    expect_failure,
    expect_request,
    expect_stored,
    put,
    read,
    rows,
    start_client,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

HELLO = b"hello from the server\n"
READ_TIMEOUT_S = 5.0
SENT_BYTES, WHOLE_BYTES = 200_000, 300_000
LOST_BYTES = 65_536  # may be asked for again: a reader may wait until so many are together
SMALL, SMALL_DISK_BYTES = "/srv/small", 1 << 20


@pytest.mark.points(1)
@pytest.mark.requires("client-acknowledges")
def test_client_keeps_old_file(client: Host, peer: Peer, port: int) -> None:
    """The client notices that a file ends too early, and the older one of that name stays.
    文件没传完连接就断了，客户端会发现，原来的同名文件保持不变。
    """
    old = b"the older file\n"
    path = f"{FILES}/rows.txt"
    put(client, path, old)
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "rows.txt")
    connection = listener.accept()
    expect_request(connection, "0 rows.txt")
    connection.send(b"3000\n" + rows(2000))
    connection.close()
    expect_failure(
        program,
        hint=Text(
            "recv() returned b'' before LENGTH bytes had come: the file is not whole; say so and"
            " sys.exit(1)",
            "还没收满 LENGTH 个字节，recv() 就返回了 b''：文件不完整；说明情况并 sys.exit(1)",
        ),
    )
    expect_stored(client, path, old, hint=REPLACE)


@pytest.mark.points(1)
@pytest.mark.requires("client-keeps-old-file")
def test_client_resumes(client: Host, peer: Peer, port: int) -> None:
    """After a reset in the middle the client asks only for what is missing.
    传到一半连接被复位，再次运行时客户端只请求缺少的部分。
    """
    data = rows(WHOLE_BYTES)
    path = f"{FILES}/rows.txt"
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "rows.txt")
    connection = listener.accept()
    expect_request(connection, "0 rows.txt")
    head = f"{len(data)}\n".encode()
    # What was read last may not have been handed over at the reset: the last pieces are small.
    cuts = (len(head), len(head) + SENT_BYTES - 200, len(head) + SENT_BYTES - 100)
    connection.send_in_pieces(head + data[:SENT_BYTES], cuts)
    connection.wait_until_read(READ_TIMEOUT_S)
    connection.reset()
    expect_failure(program, hint=BROKEN)
    expect.that(
        read(client, path) is None,
        saw=Text("{path} is there, but not whole", "{path} 已经在那里，却不完整").fill(path=path),
        wanted=Text("nothing under that name yet", "这个名字下还没有文件"),
        hint=REPLACE,
    )

    program = start_client(client, listener.address, port, "rows.txt")
    connection = listener.accept()
    line = connection.receive_line()
    offset = offset_of(line, "rows.txt")
    expect.that(
        offset is not None and SENT_BYTES - LOST_BYTES <= offset <= SENT_BYTES,
        saw=Text("the request {line}", "请求 {line}").fill(line=line),
        wanted=Text(
            r"OFFSET rows.txt\n, with OFFSET {sent:,}: so many bytes had come"
            " (up to {lost:,} fewer are fine)",
            r"OFFSET rows.txt\n，其中 OFFSET 是 {sent:,}：已经收到这么多字节"
            "（少 {lost:,} 以内也可以）",
        ).fill(sent=SENT_BYTES, lost=LOST_BYTES),
        hint=Text(
            "keep what has come in a file of another name; its size is the OFFSET of the next run",
            "把已收到的内容保存在另一个名字的文件里；它的大小就是下次运行时的 OFFSET",
        ),
    )
    rest = data[offset:]
    connection.send(f"{len(rest)}\n".encode() + rest)
    expect_request(connection, "ok", hint=OK)
    expect_stored(
        client,
        path,
        data,
        hint=Text(
            "the rest goes behind what is there: open(..., 'ab'), not 'wb'",
            "剩下的内容接在已有内容后面：open(..., 'ab')，不是 'wb'",
        ),
    )
    connection.close()
    expect.ended(program, status=0, timeout_s=3.0)


@pytest.mark.points(1)
@pytest.mark.requires("client-asks-again")
def test_client_tells_refusal(client: Host, peer: Peer, port: int) -> None:
    """The client prints the server's error, stores nothing, and goes on with the next file.
    服务器回答 error 时，客户端打印原因，不保存文件，继续取下一个。
    """
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "gone.txt", "hello.txt")
    connection = listener.accept()
    expect_request(connection, "0 gone.txt")
    connection.send(b"error gone fishing\n")
    hint = Text(
        "the line is a number, or error and the reason; look before int(), print it, and go on",
        "这一行或者是数字，或者是 error 加原因；int() 之前先看一看，打印出来，然后继续",
    )
    expect_request(connection, "0 hello.txt", hint=hint)
    connection.send(f"{len(HELLO)}\n".encode() + HELLO)
    expect_request(connection, "ok", hint=hint)
    connection.close()
    expect_failure(
        program,
        hint=Text(
            "one of the files was not to be had; remember that, and sys.exit(1) at the end",
            "有一个文件没有取到；记下来，最后 sys.exit(1)",
        ),
    )
    expect_stored(client, f"{FILES}/hello.txt", HELLO, hint=hint)
    expect.that(
        read(client, f"{FILES}/gone.txt") is None,
        saw=Text("a file gone.txt was made", "生成了文件 gone.txt"),
        wanted=Text("no file that the server does not have", "服务器没有的文件，客户端也没有"),
        hint=Text("open() the file when LENGTH has come", "收到 LENGTH 之后再 open() 文件"),
    )
    expect.that(
        b"gone fishing" in program.stdout + program.stderr,
        saw=Text("client.py printed {out} and {err}", "client.py 输出了 {out} 和 {err}").fill(
            out=program.stdout, err=program.stderr
        ),
        wanted=Text("the server's reason, gone fishing", "服务器给出的原因 gone fishing"),
        hint=hint,
    )


@pytest.mark.points(1)
@pytest.mark.requires("client-acknowledges")
def test_client_tells_full_disk(client: Host, peer: Peer, port: int) -> None:
    """The client says that its disk is full: no ok, no half file under the name.
    磁盘写满时，客户端说明情况：不发 ok，这个名字下也没有半个文件。
    """
    data = rows(2 * SMALL_DISK_BYTES)
    listener = peer.listen(port)
    program = start_client(client, listener.address, port, "rows.txt", folder=SMALL)
    connection = listener.accept()
    expect_request(connection, "0 rows.txt")
    connection.send(f"{len(data)}\n".encode() + data)
    answer = connection.receive(until=b"\n").data
    expect.that(
        not answer.startswith(b"ok"),
        saw=Text("client.py sent {data}", "client.py 发来了 {data}").fill(data=answer),
        wanted=Text("no ok: the file is not stored", "不发 ok：文件没有存下来"),
        hint=NO_SPACE,
    )
    expect_failure(program, hint=NO_SPACE)
    if read(client, f"{SMALL}/rows.txt") is not None:
        path = f"{SMALL}/rows.txt"
        raise CheckFailed(
            Lesson(
                saw=Text("half a file is left as {path}", "{path} 是剩下的半个文件").fill(
                    path=path
                ),
                wanted=NO_FILE.fill(path=path),
                hint=REPLACE,
            )
        )
    expect.that(
        bool(program.stdout or program.stderr),
        saw=Text("client.py printed nothing", "client.py 没有任何输出"),
        wanted=Text("that the disk is full", "说明磁盘已满"),
        hint=NO_SPACE,
    )


def offset_of(line: bytes, name: str) -> int | None:
    """Read the OFFSET of a request for this file; None: it is none."""
    number, _, rest = line.partition(b" ")
    return int(number) if number.isdigit() and rest == f"{name}\n".encode() else None


REPLACE = Text(
    "write under another name; os.replace() gives it its name when it is whole, in one step",
    "先写到另一个名字的文件里；完整之后用 os.replace() 一步改成正式的名字",
)
BROKEN = Text(
    "the connection broke before LENGTH bytes had come: that is no success",
    "还没收满 LENGTH 个字节，连接就断了：这不算成功",
)
NO_SPACE = Text(
    "write() or close() raises OSError 28, No space left on device; do not pass over it",
    "write() 或 close() 会抛出 OSError 28（No space left on device）；不要忽略它",
)
