"""Lab 8, wait.py and backlog.py: calls that wait, and how long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab8.programs import EARLY_S, MARGIN_S, TIMED_OUT, ends_at, expect_end, expect_number, start

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.program import Program
    from grader.seed import Draws

LONG_S = 8.0
SECONDS = 0.5
ENDS_EARLY_S = 0.2  # one that takes two bytes for a line ends in this time
DRIP_SECONDS = 0.8
DRIP_GAP_S = 0.1  # far less than DRIP_SECONDS: no single recv() waits so long


@pytest.mark.points(1)
def test_wait_done(client: Host, peer: Peer, port: int) -> None:
    """wait.py ends with status 0 when connect, accept or recv is done in time.
    connect、accept 或 recv 按时完成，wait.py 以状态码 0 结束。
    """
    listener = peer.listen(port)
    program = start(client, "wait.py", "connect", listener.address, port, LONG_S)
    listener.accept()
    expect_end(program, port, status=0, line="connect: done", limit_s=3.0, hint=DONE)

    program = start(client, "wait.py", "recv", listener.address, port, LONG_S)
    connection = listener.accept()
    connection.send(b"he")
    connection.wait_until_read()
    program.wait(ENDS_EARLY_S)
    expect.running(program, hint=DONE)
    connection.send(b"llo\n")
    expect_end(program, port, status=0, line="recv: done", limit_s=3.0, hint=DONE)

    program = start(client, "wait.py", "accept", "0.0.0.0", port + 1, LONG_S)
    expect.listening(client, port + 1, program)
    peer.connect("client", port + 1)
    expect_end(program, port + 1, status=0, line="accept: done", limit_s=3.0, hint=DONE)


@pytest.mark.points(1)
@pytest.mark.requires("wait-done")
def test_wait_refused(client: Host, peer: Peer, port: int) -> None:
    """A refused connection is no timeout: wait.py ends with status 1 at once.
    连接被拒绝不是超时：wait.py 立即以状态码 1 结束。
    """
    program = start(client, "wait.py", "connect", peer.address, port, LONG_S)
    expect_end(program, port, status=1, limit_s=3.0, hint=REFUSED)
    expect.that(
        b"timed out" not in program.stdout,
        saw=Text("wait.py printed {data}", "wait.py 输出了 {data}").fill(data=program.stdout),
        wanted=Text("no word of a timeout", "不说超时"),
        hint=REFUSED,
    )


@pytest.mark.points(2)
@pytest.mark.requires("wait-done")
def test_wait_names_call(client: Host, peer: Peer, port: int) -> None:
    """wait.py ends after SECONDS with status 124 and says which call timed out.
    过了 SECONDS，wait.py 以状态码 124 结束，并说明是哪个调用超时。
    """
    peer.listen(port, backlog=0)
    peer.connect(peer.address, port)  # the queue is full: a SYN gets no answer from now on
    program = start(client, "wait.py", "connect", peer.address, port, SECONDS)
    expect_timed_out(program, port, "connect", hint=TIMEOUT)

    program = start(client, "wait.py", "accept", "0.0.0.0", port + 1, SECONDS)
    expect_timed_out(program, port + 1, "accept", hint=TIMEOUT)

    peer.listen(port + 2)
    program = start(client, "wait.py", "recv", peer.address, port + 2, SECONDS)
    expect_timed_out(program, port + 2, "recv", hint=TIMEOUT)


def expect_timed_out(
    program: Program,
    port: int,
    call: str,
    *,
    seconds: float = SECONDS,
    limit_s: float = SECONDS + MARGIN_S,
    waited_s: float = 0.0,
    hint: Text,
) -> None:
    """Fail unless it ends with `CALL: timed out` and status 124 after so many seconds.

    `limit_s` and `waited_s` are as for expect_end().
    """
    line = f"{call}: timed out"
    expect_end(
        program,
        port,
        status=TIMED_OUT,
        line=line,
        limit_s=limit_s,
        waited_s=waited_s,
        hint=hint,
    )
    took_s = (program.ended_at_s or 0.0) - program.started_at_s
    expect.that(
        took_s >= seconds - EARLY_S,
        saw=Text("{call} timed out after {took:.3f} s", "{took:.3f} s 之后 {call} 就超时了").fill(
            call=call, took=took_s
        ),
        wanted=Text("not before {seconds:g} s are over", "{seconds:g} 秒之内不超时").fill(
            seconds=seconds
        ),
        hint=Text(
            "settimeout() takes seconds, as time.sleep() does; 0 means: do not wait at all",
            "settimeout() 的单位是秒，与 time.sleep() 一样；0 表示完全不等待",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("wait-names-call")
def test_wait_counts_all(client: Host, peer: Peer, port: int) -> None:
    """SECONDS is the time for the whole line, though a byte comes now and then.
    SECONDS 是等一整行的总时间，即使不时来一个字节。
    """
    listener = peer.listen(port)
    program = start(client, "wait.py", "recv", listener.address, port, DRIP_SECONDS)
    connection = listener.accept()
    limit_s = DRIP_SECONDS + MARGIN_S
    end_s = time.monotonic() + limit_s
    while program.is_running and time.monotonic() < end_s:
        connection.send(b"x")
        program.wait(DRIP_GAP_S)
    expect_timed_out(
        program,
        port,
        "recv",
        seconds=DRIP_SECONDS,
        limit_s=DRIP_GAP_S,
        waited_s=limit_s - DRIP_GAP_S,
        hint=FOR_EACH,
    )


@pytest.mark.points(2)
@pytest.mark.requires("wait-names-call")
def test_backlog_counts(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """backlog.py counts the connections it gets until a server that accepts none is full.
    服务器一个都不 accept，backlog.py 数出到队列满为止一共连上了几个。
    """
    listener = peer.listen(port)
    program = start(client, "backlog.py", listener.address, port, 3, LONG_S)
    expect_end(program, port, status=0, line="connected: 3", limit_s=3.0, hint=COUNT)

    peer.listen(port + 1, backlog=seed.number(1, 6))
    program = start(client, "backlog.py", peer.address, port + 1, 20, SECONDS)
    expect_timed_out(program, port + 1, "connect", hint=TIMEOUT)
    queued = sum(each.state != "SYN-SENT" for each in ends_at(client, port + 1))
    expect_number(program, "connected", queued, hint=COUNT)


DONE = Text(
    "print CALL: done when the call has come back; recv is done when a line has come, ended by \\n",
    "调用返回后打印 CALL: done；recv 要等到一整行（以 \\n 结尾）",
)
REFUSED = Text(
    "TimeoutError is one kind of OSError, ConnectionRefusedError another: catch the one that is"
    " meant",
    "TimeoutError 是 OSError 的一种，ConnectionRefusedError 是另一种：只捕获想要的那一种",
)
TIMEOUT = Text(
    "a call on a socket waits for ever unless settimeout(SECONDS) was called before; then it raises"
    " TimeoutError",
    "不先调用 settimeout(SECONDS)，套接字上的调用会一直等下去；设了之后，到时抛出 TimeoutError",
)
FOR_EACH = Text(
    "settimeout() is for each call, and each byte begins a new one: before each recv() set what is"
    " left of SECONDS",
    "settimeout() 是对每次调用算的，来一个字节又重新开始："
    "每次 recv() 之前都要设成 SECONDS 剩下的时间",
)
COUNT = Text(
    "connect() comes back when the other host's kernel has put the connection into the backlog,"
    " long before accept(); count those, keep them open",
    "对方的内核把连接放进等待队列，connect() 就返回了，这时还没有 accept()；数这些连接，不要关闭",
)
