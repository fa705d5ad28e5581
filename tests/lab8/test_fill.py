"""Lab 8, fill.py: where its bytes are; the peer is a server that reads, or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.cpu import spins
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from lab8.programs import (
    MARGIN_S,
    TIMED_OUT,
    end_of,
    expect_buffer,
    expect_end,
    expect_number,
    reported,
    start,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection
    from grader.program import Program
    from grader.seed import Draws

REPORT_S = 3.0
SMALL_BUFFER_BYTES = 20_000  # of this size the send buffer does not grow: no send() takes all
LONG_S = 8.0  # longer than a check looks at a program that waits
# More than any buffers hold that nobody reads: the peer's is small, and the program's own starts at
# 87 kB or less (tcp(7), tcp_wmem) and grows only with what is acknowledged.
MUCH_BYTES = 2_000_000
# Doubled by Linux these are still less than it allows: net.core.wmem_max, 212,992 at least.
SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES = 10_000, 90_000


def run(
    client: Host, peer: Peer, port: int, *words: float, receive_buffer_bytes: int = 0
) -> tuple[Program, Connection]:
    """Start fill.py for the peer's listener, and take its connection."""
    listener = peer.listen(port, receive_buffer_bytes=receive_buffer_bytes)
    program = start(client, "fill.py", listener.address, port, *words)
    return program, listener.accept()


def expect_bytes(connection: Connection, size: int, *, hint: Text) -> None:
    """Read to the end of the stream; fail unless so many bytes have come."""
    received = connection.receive()
    came = len(received.data)
    expect.that(
        came == size and received.end == "fin",
        saw=(CAME if received.end == "fin" else CAME_OPEN).fill(came=came, size=size),
        wanted=Text("all {size:,} bytes, then FIN", "全部 {size:,} 字节，然后是 FIN").fill(
            size=size
        ),
        hint=hint if received.end == "fin" or came < size else SHUT_DOWN,
    )


@pytest.mark.points(1)
def test_fill_prints_answer(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """fill.py sends BYTES bytes, half-closes, prints the answer and ends with status 0.
    fill.py 发送 BYTES 个字节，半关闭，打印服务器的回答，以状态码 0 结束。
    """
    size = seed.number(1, 10_000)
    program, connection = run(client, peer, port, size, LONG_S)
    expect_bytes(connection, size, hint=SHUT_DOWN)
    line = f"received {size} bytes"
    connection.send(f"{line}\n".encode())
    connection.close()
    expect_end(program, port, status=0, line=f"server: {line}", limit_s=3.0, hint=ANSWER)


@pytest.mark.points(1)
@pytest.mark.requires("fill-prints-answer")
def test_fill_sends_all(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """fill.py sends all, though send() takes only a part of it.
    send() 只收下一部分时，fill.py 仍然全部发完。
    """
    size = MUCH_BYTES + seed.number(1, 1000)
    program, connection = run(client, peer, port, size, LONG_S, SMALL_BUFFER_BYTES)
    program.wait_for_output(b"taken:", REPORT_S)  # its buffers are full
    connection.wait_until_full()
    expect_bytes(connection, size, hint=PARTIAL)
    connection.send(f"received {size} bytes\n".encode())
    connection.close()
    expect_end(program, port, status=0, line="server: received", limit_s=3.0, hint=ANSWER)


@pytest.mark.points(2)
@pytest.mark.requires("fill-prints-answer")
def test_fill_reports_taken(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """When all buffers are full, fill.py reports how much is taken and unacknowledged.
    缓冲区都满了之后，fill.py 报告内核收下了多少字节，其中多少还没有得到确认。
    """
    buffer = seed.number(SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES)
    program, connection = run(client, peer, port, MUCH_BYTES, LONG_S, receive_buffer_bytes=buffer)
    reported(program, "taken")
    reported(program, "unacknowledged")
    received = connection.wait_until_full()
    unacknowledged = send_queue(client, connection)
    expect_number(program, "taken", received + unacknowledged, hint=TAKEN)
    expect_number(program, "unacknowledged", unacknowledged, hint=UNACKNOWLEDGED)


def send_queue(client: Host, connection: Connection) -> int:
    """Give the bytes in the program's send buffer, as ss(8) shows them: Send-Q."""
    seen = end_of(client, connection.remote)
    if seen is None:
        raise CheckFailed(Lesson(CLOSED, STAYS_OPEN, PARTIAL))
    return seen.send_queue_bytes


@pytest.mark.points(1)
@pytest.mark.requires("fill-prints-answer")
def test_fill_reports_buffer(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """fill.py reports the send buffer that the kernel gave, not what was asked.
    fill.py 报告内核实际给的发送缓冲区大小，不是要求的大小。
    """
    size = seed.number(SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES)
    program, _ = run(client, peer, port, MUCH_BYTES, LONG_S, size)
    expect_buffer(
        program,
        "SO_SNDBUF",
        port,
        size,
        hint=Text(
            "setsockopt(SOL_SOCKET, SO_SNDBUF, SNDBUF) on the socket that sends",
            "对发送数据的套接字调用 setsockopt(SOL_SOCKET, SO_SNDBUF, SNDBUF)",
        ),
    )
    expect_number(
        program,
        "SO_SNDBUF",
        2 * size,
        hint=Text(
            "the kernel doubles what setsockopt() asks for (socket(7)); getsockopt() tells what"
            " there is",
            "内核会把 setsockopt() 要的大小加倍（socket(7)）；实际大小要用 getsockopt() 问",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("fill-reports-taken")
def test_fill_rests(client: Host, peer: Peer, port: int) -> None:
    """While nobody reads, fill.py waits without using the processor.
    没有人读的时候，fill.py 等待，不占用处理器。
    """
    program, _ = run(client, peer, port, MUCH_BYTES, LONG_S, receive_buffer_bytes=20_000)
    reported(program, "taken")
    expect.that(
        not spins(client),
        saw=Text("fill.py keeps the processor busy while it waits", "fill.py 等待时一直占着处理器"),
        wanted=Text("it waits in a call", "它停在一个等待的调用里"),
        hint=Text(
            "select([], [connection], [], SECONDS) waits until send() would take something;"
            " asking send() again and again does not",
            "select([], [connection], [], SECONDS) 会等到 send() 能收下数据为止；"
            "反复调用 send() 不是等待",
        ),
        look=Text("type top on client", "在 client 上运行 top"),
    )


@pytest.mark.points(1)
@pytest.mark.requires("fill-reports-taken")
def test_fill_gives_up(client: Host, peer: Peer, port: int) -> None:
    """fill.py ends with status 124 when a receiver does not read, or does not answer.
    接收方一直不读，或者一直不回答，fill.py 以状态码 124 结束。
    """
    seconds = 0.5
    limit_s = 0.5 + seconds + MARGIN_S
    program, _ = run(client, peer, port, MUCH_BYTES, seconds, receive_buffer_bytes=20_000)
    line = "send: timed out"
    expect_end(program, port, status=TIMED_OUT, line=line, limit_s=limit_s, hint=NOBODY_READS)
    program, connection = run(client, peer, port + 1, 10, seconds)
    expect_bytes(connection, 10, hint=SHUT_DOWN)
    line = "recv: timed out"
    expect_end(program, port + 1, status=TIMED_OUT, line=line, limit_s=limit_s, hint=NO_ANSWER)


@pytest.mark.points(1)
@pytest.mark.requires("fill-prints-answer")
def test_fill_believes_receiver(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """fill.py ends with status 1 when the server has received another number of bytes.
    服务器收到的字节数不对，fill.py 以状态码 1 结束。
    """
    size = seed.number(100, 10_000)
    program, connection = run(client, peer, port, size, LONG_S)
    expect_bytes(connection, size, hint=SHUT_DOWN)
    line = f"received {size - seed.number(1, 99)} bytes"
    connection.send(f"{line}\n".encode())
    connection.close()
    expect_end(program, port, status=1, line=f"server: {line}", limit_s=3.0, hint=SENT)


CAME = Text(
    "{came:,} of {size:,} bytes came, then FIN", "收到 {size:,} 字节中的 {came:,} 字节，然后是 FIN"
)
CAME_OPEN = Text(
    "{came:,} of {size:,} bytes came, no FIN", "收到 {size:,} 字节中的 {came:,} 字节，没有 FIN"
)
SHUT_DOWN = Text(
    "when all is sent, shutdown(SHUT_WR) says so to the server: it reads to the end of the stream",
    "全部发完后用 shutdown(SHUT_WR) 告诉服务器：它要读到流的结尾",
)
ANSWER = Text(
    "read the server's line after shutdown(SHUT_WR), print server: and the line; status 0 when it"
    " has received all",
    "shutdown(SHUT_WR) 之后读服务器的那一行，打印 server: 和这一行；它收齐了，状态码为 0",
)
PARTIAL = Text(
    "send() returns how many bytes the kernel has taken; on a socket that does not block, or has a"
    " timeout, that may be fewer than asked. Send the rest when select() says there is room",
    "send() 返回内核收下的字节数；套接字非阻塞或设了超时时，可能少于要求的。"
    "等 select() 说有空间了再发剩下的",
)
TAKEN = Text(
    "add up what send() has returned until there was no room for half a second: what the receiver's"
    " kernel holds (Recv-Q there), and what still waits here (Send-Q of ss -tn)",
    "把每次 send() 的返回值加起来，直到半秒钟都没有空间为止："
    "它等于对方内核里的（对方的 Recv-Q）加上还在本机的（ss -tn 的 Send-Q）",
)
UNACKNOWLEDGED = Text(
    "taken is not received: ask the kernel what the other side has not acknowledged, with ioctl"
    " TIOCOUTQ (SIOCOUTQ of tcp(7)); ss -tn shows it as Send-Q",
    "内核收下了不等于对方收到了：用 ioctl 的 TIOCOUTQ（tcp(7) 里的 SIOCOUTQ）"
    "问还有多少没有得到确认；ss -tn 显示为 Send-Q",
)
CLOSED = Text(
    "fill.py had closed its connection while the receiver read nothing",
    "接收方还什么都没有读，fill.py 就关闭了连接",
)
STAYS_OPEN = Text("it waits until there is room, then sends the rest", "等有空间了，发完剩下的")
NOBODY_READS = Text(
    "select([], [connection], [], SECONDS) comes back without a socket when there was no room in"
    " this time",
    "到时间仍没有空间，select([], [connection], [], SECONDS) 就返回空列表",
)
NO_ANSWER = Text(
    "settimeout(SECONDS) before recv(): it raises TimeoutError when nothing comes in this time",
    "在 recv() 之前 settimeout(SECONDS)：到时间什么都没来，它就抛出 TimeoutError",
)
SENT = Text(
    "sent is not received: only the receiver's answer tells what it has got; compare it with BYTES",
    "发出了不等于收到了：只有接收方的回答说明它收到多少；把它与 BYTES 比较",
)
