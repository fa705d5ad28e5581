"""Lab 4, the server's end: SIGTERM, SIGINT, and the port afterwards."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from grader.language import Text, same
from lab4.programs import expect_end, serve
from lab4.room import enter

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

END_TIMEOUT_S = 3.0  # 2 s are promised in the handout; the machine may be busy


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_ends_on_signals(server: Host, peer: Peer, port: int) -> None:
    """On SIGTERM or SIGINT the server ends with status 0, its clients see FIN.
    收到 SIGTERM 或 SIGINT，服务器以状态码 0 结束，客户端看到 FIN。
    """
    for signum, at in ((signal.SIGTERM, port), (signal.SIGINT, port + OTHER_PORT)):
        program = serve(server, at)
        (anna,) = enter(peer, at, "anna")
        time.sleep(SETTLES_S)
        program.signal(signum)
        expect_end(
            program,
            same("{name}").fill(name=signum.name),
            limit_s=END_TIMEOUT_S,
            late=GOES_ON,
            by_status={-signum: HANDLE[signum]},
            otherwise=WITH_0,
        )
        anna.connection.receive_until_end()


@pytest.mark.points(1)
@pytest.mark.requires("server-answers")
def test_server_restarts(server: Host, peer: Peer, port: int) -> None:
    """The server can be started again at once on the same port.
    服务器结束后，可以马上在同一个端口上重新启动。
    """
    program = serve(server, port)
    (anna,) = enter(peer, port, "anna")
    program.signal(signal.SIGTERM)
    if program.wait(END_TIMEOUT_S) is None:  # that is another check's question
        program.signal(signal.SIGKILL)
        program.wait(END_TIMEOUT_S)
    anna.connection.receive()
    anna.connection.close()  # closed by both sides: the server's keeps the port in TIME_WAIT
    serve(server, port)
    enter(peer, port, "anna")


OTHER_PORT = 50
# A signal that comes between Python's last look for one and the call that waits is seen only when
# that call ends. A server that has just answered is given the time to get there.
SETTLES_S = 0.2
HANDLE = {
    signal.SIGTERM: Text(
        "SIGTERM ends a program on the spot unless it has a handler: signal.signal(signal.SIGTERM,"
        " stop), where stop(signum, frame) calls sys.exit(0)",
        "程序没有自己的处理函数时，SIGTERM 会立刻终止它：用 signal.signal(signal.SIGTERM, stop)，"
        "在 stop(signum, frame) 里调用 sys.exit(0)",
    ),
    signal.SIGINT: Text(
        "SIGINT, as Ctrl-C sends it, raises KeyboardInterrupt unless it has a handler: give it the"
        " same one as SIGTERM",
        "SIGINT（即 Ctrl-C）没有处理函数时会引发 KeyboardInterrupt："
        "给它装上与 SIGTERM 相同的处理函数",
    ),
}
GOES_ON = Text(
    "accept() goes on when a handler returns: let the handler call sys.exit(0). The program then"
    " still waits for its threads, unless they are daemons: Thread(..., daemon=True)",
    "处理函数返回后，accept() 会继续等待：请在处理函数里调用 sys.exit(0)。之后程序还要等它的线程，"
    "除非它们是守护线程：Thread(..., daemon=True)",
)
WITH_0 = Text(
    "sys.exit(0) ends a program with status 0; an exception, or sys.exit() with a text, with 1",
    "sys.exit(0) 让程序以状态码 0 结束；出现异常，或者 sys.exit() 带上文字，状态码就是 1",
)
