"""Lab 3's programs on the hosts, as the handout says they are started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader import expect
from grader.language import Text
from grader.symptoms import gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_connection import Connection, Listener
    from grader.program import Program

# Python takes 0.05 s to start, on a machine that grades a whole class some seconds.
START_TIMEOUT_S = 8.0
REPORT_TIMEOUT_S = 4.0


def serve(server: Host, port: int) -> Program:
    """Start server.py and wait until it listens."""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=b"")
    expect.listening(server, port, program)
    return program


def start_client(
    client: Host, host: str, port: int, typed: bytes, *, closes: bool = False
) -> Program:
    """Start client.py for a server at host and port and type something into it.

    Its input stays open, as that of one who goes on typing, unless it `closes`.
    """
    program = client.start("python3", "client.py", host, str(port))
    program.send(typed, closes=closes)
    client.steps.add("client", READS_TO_END if closes else READS, data=typed)
    return program


def accept(listener: Listener) -> Connection:
    """Take the connection of a client that has just been started."""
    return listener.accept(timeout_s=START_TIMEOUT_S)


def expect_report(program: Program, gone: Text, *, timeout_s: float = REPORT_TIMEOUT_S) -> None:
    """Fail unless the client ends in time with a message of its own, as its server is gone."""
    status = program.wait(timeout_s)
    seen = gather(program.host, program)
    has_traceback = TRACEBACK in program.stderr + program.stdout
    if status is None:
        saw = STILL_RUNS.fill(limit=timeout_s)
    elif status > 0 and not program.stderr.strip():
        saw = SAYS_NOTHING.fill(status=status)
    else:
        saw = tell_state(seen)
    expect.that(
        status is not None and status > 0 and bool(program.stderr.strip()) and not has_traceback,
        saw=Text("{gone}; {saw}", "{gone}；{saw}").fill(gone=gone, saw=saw),
        wanted=Text(
            "a message on stderr, no traceback, and a status other than 0",
            "在 stderr 上有一句说明，没有 traceback，退出状态不是 0",
        ),
        hint=HOW_TO_REPORT,
    )


def expect_whole(saw: bytes, wanted: bytes, *, hint: Text) -> None:
    """Compare something long: tell its length where its end is missing, else where it differs."""
    expect.that(
        saw == wanted or not wanted.startswith(saw),
        saw=Text(
            "{saw:,} of {wanted:,} bytes came", "收到 {saw:,} 字节，应为 {wanted:,} 字节"
        ).fill(saw=len(saw), wanted=len(wanted)),
        wanted=Text("all {wanted:,} bytes", "全部 {wanted:,} 字节").fill(wanted=len(wanted)),
        hint=hint,
    )
    expect.same_bytes(saw, wanted, hint=hint)


def long_text(size: int) -> bytes:
    """Make so many ASCII characters, in numbered rows of 64: a lost row shows."""
    rest = "-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ---"
    return "".join(f"{row:07}{rest}" for row in range(size // 64 + 1))[:size].encode()


TRACEBACK = b"Traceback (most recent call last)"
READS = Text("is given on its standard input", "标准输入收到")
READS_TO_END = Text("is given on its standard input, and its end", "标准输入收到以下内容和结尾")
STILL_RUNS = Text(
    "{limit:g} s later client.py is still running", "过了 {limit:g} 秒，client.py 还在运行"
)
SAYS_NOTHING = Text(
    "client.py ended with status {status} and wrote nothing on stderr",
    "client.py 已结束，退出状态为 {status}，但 stderr 上什么都没有",
)
HOW_TO_REPORT = Text(
    "connect() and recv() raise an OSError when the connection is refused or reset; after FIN"
    " recv() returns b'' and raises nothing. sys.exit('some text') writes the text on stderr and"
    " ends with status 1",
    "连接被拒绝或被复位时，connect() 和 recv() 抛出 OSError；而收到 FIN 之后，recv() 只是返回 b''，"
    "不抛异常。sys.exit('一句话') 会把这句话写到 stderr，并以状态码 1 结束",
)
