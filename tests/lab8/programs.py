"""Lab 8's programs on the hosts, the lines they print, and in which call one of them waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader import expect, hints
from grader.errors import CheckFailed
from grader.escaping import escape_bytes
from grader.language import Text, same
from grader.lesson import Lesson
from grader.peer_connection import plain
from grader.proctable import LISTENS
from grader.symptoms import gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.proctable import SocketState
    from grader.program import Program

PRINT_TIMEOUT_S = 4.0
MARGIN_S = 2.5  # after its SECONDS a program has so long to end: the machine may be busy
EARLY_S = 0.05  # clocks are read at different moments
TIMED_OUT = 124
SHOWN_BYTES = 100


def serve(server: Host, port: int, seconds: float, backlog: int, *size: int) -> Program:
    """Start server.py and wait until it listens."""
    program = start(server, "server.py", "0.0.0.0", port, seconds, backlog, *size)
    expect.listening(server, port, program)
    return program


def start(host: Host, *words: object) -> Program:
    """Start one of the programs."""
    return host.start("python3", *(f"{word}" for word in words), stdin=b"")


def reported(program: Program, name: str, *, timeout_s: float = PRINT_TIMEOUT_S) -> str:
    """Give the value of the line NAME: VALUE when it has been printed. Raises CheckFailed."""
    line = rb"^" + re.escape(name.encode()) + rb":[ \t]*(.*?)[ \t\r]*"
    whole, last = re.compile(line + rb"\n", re.MULTILINE), re.compile(line + rb"\Z", re.MULTILINE)
    program.wait_for_output(lambda printed: bool(whole.search(printed)), timeout_s)
    found = whole.search(program.stdout)
    if not found and not program.is_running:  # nothing can follow: the line need not end with \n
        found = last.search(program.stdout)
    if found:
        return found[1].decode(errors="backslashreplace")
    seen = gather(program.host, program)
    raise CheckFailed(
        Lesson(
            NO_LINE.fill(name=f"{name}:", state=tell_state(seen)),
            A_LINE.fill(line=f"{name}: …"),
            hints.explain(seen, otherwise=UNFLUSHED if program.is_running else None),
        )
    )


def expect_number(program: Program, name: str, wanted: int, *, hint: Text) -> None:
    """Wait for the line NAME: NUMBER; fail unless it is the number that is wanted."""
    value = reported(program, name)
    told = f"{int(value):,}" if value.isdecimal() and len(value) < 20 else value
    expect.that(
        told == f"{wanted:,}",
        saw=same("{line}").fill(line=f"{name}: {told}"),
        wanted=same("{line}").fill(line=f"{name}: {wanted:,}"),
        hint=hint,
    )


def expect_end(
    program: Program,
    port: int,
    *,
    status: int,
    line: str = "",
    limit_s: float,
    waited_s: float = 0.0,
    hint: Text,
) -> None:
    """Wait until it ends with this status and has printed a line that begins so.

    `limit_s` is from now on, `waited_s` how long the check has waited for it before. Of one that
    does not end it is told in which call it waits for what happens at `port`.
    """
    wanted = (STATUS_AND_LINE if line else STATUS).fill(status=status, line=line)
    if program.wait(limit_s) is None:
        call = waiting_call(program.host, port)
        told = HANGS.fill(program=program.argv[1], limit=waited_s + limit_s, call=call)
        raise CheckFailed(Lesson(told, wanted, hint))
    printed = program.stdout.decode(errors="backslashreplace").splitlines()
    has_line = not line or any(each.startswith(line) for each in printed)
    if program.exit_status == status and has_line:
        return
    seen = gather(program.host, program)
    saw = tell_state(seen)
    if not seen.raised and line:
        last = program.stdout.rstrip(b"\n").rpartition(b"\n")[2]
        saw = PRINTED.fill(state=saw, printed=escape_bytes(last[:SHOWN_BYTES])) if last else saw
    hint = EXIT if has_line and status == TIMED_OUT else hint
    raise CheckFailed(Lesson(saw, wanted, hints.explain(seen, otherwise=hint)))


def waiting_call(host: Host, port: int) -> str:
    """Name the call in which a program of the host waits, told by its socket at this port."""
    seen = ends_at(host, port)
    states = {each.state for each in seen}
    if "SYN-SENT" in states:
        return "connect()"
    if states == {LISTENS}:
        return "accept()"
    return "send()" if any(each.send_queue_bytes for each in seen) else "recv()"


def ends_at(host: Host, port: int) -> list[SocketState]:
    """Give the TCP sockets of a host that have this port at either end."""
    return [
        each
        for each in host.sockets()
        if each.protocol.startswith("tcp") and port in (each.local[1], each.remote[1])
    ]


def end_of(host: Host, local: tuple[str, int]) -> SocketState | None:
    """Give the host's end of a connection, None if there is none."""
    found = (each for each in host.sockets() if plain(each.local) == local)
    return next((each for each in found if each.state == "ESTAB"), None)


def expect_buffer(program: Program, name: str, port: int, size: int, *, hint: Text) -> None:
    """Fail unless a connection at this port has the buffer that was asked, which Linux doubles.

    `name` is the option, and that of the line in which it is reported: a program may ask for the
    buffer once it is connected, but not after this line.
    """
    reported(program, name)
    host, which = program.host, SHOWN_AS[name]
    shown = host.run("ss", "-HtnOm", "state", "connected", user="observer").stdout.decode()
    row = next((each for each in shown.splitlines() if f":{port} " in each), "")
    memory = re.search(rf"skmem:.*\b{which}(\d+)", row)
    given = int(memory[1]) if memory else 0
    expect.that(
        given == 2 * size,
        saw=(IS_OF if memory else IS_GONE).fill(size=given),
        wanted=DOUBLED.fill(size=size),
        hint=hint,
        look=Text("type ss -tmn on {host}: {which}", "在 {host} 上运行 ss -tmn，看 {which}").fill(
            host=host.name, which=which
        ),
    )


SHOWN_AS = {"SO_RCVBUF": "rb", "SO_SNDBUF": "tb"}  # by ss(8)

A_LINE = Text("a line {line} in its output", "输出里有一行 {line}")
NO_LINE = Text("no line {name} in its output; {state}", "输出里没有 {name} 这一行；{state}")
UNFLUSHED = Text(
    "print the report as soon as it is known, before a call that may wait",
    "一有结果就打印报告，不要等到可能阻塞的调用之后",
)
STATUS = Text("it ends with status {status}", "程序结束，状态码为 {status}")
STATUS_AND_LINE = Text(
    "it ends with status {status} and a line {line} …",
    "程序结束，状态码为 {status}，并输出 {line} …",
)
HANGS = Text(
    "{program} had not ended after {limit:g} s; it waits in {call}",
    "{limit:g} 秒后 {program} 还没有结束；它停在 {call} 里",
)
PRINTED = Text(
    '{state}; the last line of its output is "{printed}"', '{state}；输出的最后一行是 "{printed}"'
)
EXIT = Text(
    "sys.exit(124) ends the program with this status, the one that timeout(1) has",
    "sys.exit(124) 让程序以这个状态码结束，与 timeout(1) 的相同",
)
IS_OF = Text("the buffer has {size:,} bytes", "缓冲区是 {size:,} 字节")
IS_GONE = Text("the connection is closed", "连接已经关闭")
DOUBLED = Text(
    "{size:,} bytes were asked for: Linux doubles that", "要的是 {size:,} 字节：Linux 会加倍"
)
