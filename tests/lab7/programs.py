"""Lab 7's programs on the hosts, as the handout says they are started, and what the wire shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader import expect
from grader.conversation import Conversation
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from grader.proctable import TIME_WAIT

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture
    from grader.peer_connection import Connection, Listener
    from grader.program import Program
    from grader.seed import Draws

CLIENT_FIRST, SERVER_FIRST, HALF_CLOSE, RESET = (
    "client-first",
    "server-first",
    "half-close",
    "reset",
)
# Who need not close within this is taken to wait; who has nothing to wait for needs milliseconds.
PATIENCE_S = 0.5
CLOSE_TIMEOUT_S = 5.0  # of a program that starts on a busy machine
ROW_BYTES = 32


def serve(server: Host, port: int) -> Program:
    """Start server.py and wait until it listens."""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=b"")
    expect.listening(server, port, program)
    return program


def start_client(client: Host, host: str, port: int, mode: str, data: bytes = b"") -> Program:
    """Start client.py, with this on its standard input."""
    program = client.start("python3", "client.py", host, str(port), mode)
    program.send(data, closes=True)
    return program


def asked(client: Host, listener: Listener, mode: str) -> tuple[Program, Connection]:
    """Start client.py for the peer, which reads its line and sends it back."""
    program = start_client(client, listener.address, listener.port, mode)
    connection = listener.accept()
    line = f"{mode}\n".encode()
    expect.same_bytes(connection.receive_line(hint=FIRST_LINE), line, hint=FIRST_LINE)
    connection.send(line)
    return program, connection


def ask(connection: Connection, mode: str) -> None:
    """Send server.py a line, as client.py does; fail unless it comes back."""
    line = f"{mode}\n".encode()
    connection.send(line)
    expect.same_bytes(connection.receive_line(hint=LINE_BACK), line, hint=LINE_BACK)


def expect_waiting(connection: Connection, who: Text) -> None:
    """Fail if the other side closes or goes on although it is not its turn."""
    received = connection.receive(timeout_s=PATIENCE_S)
    if received.data:
        raise CheckFailed(Lesson(SENDS_MORE.fill(who=who, data=received.data), NOTHING_MORE))
    ends = {"fin": CLOSES_FIRST, "reset": RESETS}
    if received.end in ends:
        raise CheckFailed(
            Lesson(ends[received.end].fill(who=who), WAITS.fill(who=who), WAIT_FOR_END)
        )


def expect_data(program: Program, data: bytes, *, hint: Text) -> None:
    """Fail unless these rows stand in what client.py has printed, one after the other."""
    printed = program.stdout
    begin = max(0, printed.find(data[:ROW_BYTES]))
    expect.same_bytes(printed[begin:][: len(data)], data, hint=hint)


def conversation_of(capture: Capture, port: int) -> Conversation:
    """Give the connection on a port; fail if there was none."""
    found = capture.conversations(port)
    if not found:
        raise CheckFailed(Lesson(NO_CONNECTION.fill(port=port), A_CONNECTION.fill(port=port)))
    return found[0]


def wait_until_over(capture: Capture, port: int) -> None:
    """Wait until the connection on a port has ended in both directions, or long enough."""
    capture.wait_for(
        lambda _: any(not each.is_open for each in capture.connections(port)), CLOSE_TIMEOUT_S
    )


def waits_in_time_wait(host: Host, port: int) -> bool:
    """Ask the kernel whether one end of a connection on a port waits in TIME-WAIT here."""
    return any(
        seen.state == TIME_WAIT and port in (seen.local[1], seen.remote[1])
        for seen in host.sockets()
    )


def rows(count: int, seed: Draws) -> bytes:
    """Make so many lines of 32 ASCII bytes; each begins with its number: a lost one shows."""
    mark = seed.number(100_000, 999_999)
    return "".join(f"{row:07} {mark} lab 7 half-close\n" for row in range(count)).encode()


FIRST_LINE = Text(
    r"the client's first line is its MODE and \n; nothing comes before it",
    r"客户端发送的第一行是 MODE 加 \n，前面没有别的内容",
)
LINE_BACK = Text(
    "server.py sends the client's line back as it was",
    "server.py 把客户端的那一行原样发回",
)
SENDS_MORE = Text("{who} sends {data} as well", "{who} 还发送了 {data}")
NOTHING_MORE = Text("the line, once", "只有那一行，而且只有一次")
CLOSES_FIRST = Text("{who} closes first: a FIN from it", "{who} 先关闭：它发出了 FIN")
RESETS = Text("{who} ends the connection with RST", "{who} 用 RST 结束了连接")
WAITS = Text(
    "{who} goes on waiting until the other side has closed",
    "{who} 一直等到对方关闭",
)
WAIT_FOR_END = Text(
    "recv() returns b'' when the other side has closed; close() comes after that",
    "对方关闭之后，recv() 返回 b''；在那之后才 close()",
)
NO_CONNECTION = Text("no connection on port {port}", "端口 {port} 上没有出现连接")
A_CONNECTION = Text("a connection on port {port}", "端口 {port} 上的一个连接")
