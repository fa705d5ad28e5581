"""Lab 6's programs on the hosts, and what the kernel says of their sockets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader import expect, hints
from grader.errors import CheckFailed
from grader.escaping import escape_bytes
from grader.language import Text, same
from grader.lesson import Lesson
from grader.proctable import LISTENS
from grader.questions import ENGINES_RESOLVER
from grader.symptoms import gather, tell_state

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer_connection import Connection, Listener
    from grader.program import Program

PRINT_TIMEOUT_S = 3.0
LISTEN_TIMEOUT_S = 5.0
SHOWN_BYTES = 200  # the longest line, with two IPv6 addresses, has 117


@dataclass(frozen=True)
class KernelsView:
    """What ss(8) shows of one connection of a program; `descriptors` are of all who hold it."""

    descriptors: frozenset[str]
    receive_buffer: str
    send_buffer: str
    keeps_alive: bool


def serve(server: Host, port: int, address: str = "0.0.0.0") -> Program:
    """Start server.py and wait until it listens."""
    program = start_server(server, port, address)
    expect.listening(server, port, program, address=address)
    return program


def start_server(server: Host, port: int, address: str) -> Program:
    """Start server.py."""
    return server.start("python3", "server.py", address, str(port), stdin=b"")


def start_whoami(client: Host, host: str, port: int, *size: int) -> Program:
    """Start whoami.py for a server at host and port."""
    return client.start("python3", "whoami.py", host, str(port), *map(str, size), stdin=b"")


def connect(client: Host, listener: Listener, *size: int) -> tuple[Program, Connection]:
    """Start whoami.py for the peer's listener, which says nothing: only the report is to come."""
    program = start_whoami(client, listener.address, listener.port, *size)
    return program, listener.accept()


def listeners(host: Host, port: int) -> set[str]:
    """Give the addresses at which TCP sockets listen on a port."""
    return {
        seen.local[0]
        for seen in host.sockets()
        if seen.protocol.startswith("tcp") and seen.state == LISTENS and seen.local[1] == port
    }


def listening_ports(host: Host) -> set[int]:
    """Give the ports at which programs of a host listen."""
    return {
        seen.local[1]
        for seen in host.sockets()
        if seen.protocol.startswith("tcp")
        and seen.state == LISTENS
        and seen.local[0] != ENGINES_RESOLVER
    }


def expect_report(program: Program, name: str, *wanted: str, hint: Text) -> None:
    """Wait for the line NAME: VALUE of a report; fail unless VALUE is one that is wanted."""
    value = reported(program, name)
    if value not in wanted:
        raise missed(program, name, value, wanted[0], hint)


def reported(program: Program, name: str) -> str | None:
    """Give the value of the line NAME: VALUE when it has been printed; None: it was not."""
    line = rb"^" + re.escape(name.encode()) + rb":[ \t]*(.*?)[ \t\r]*"
    whole, last = re.compile(line + rb"\n", re.MULTILINE), re.compile(line + rb"\Z", re.MULTILINE)
    program.wait_for_output(lambda printed: bool(whole.search(printed)), PRINT_TIMEOUT_S)
    found = whole.search(program.stdout)
    if not found and not program.is_running:  # nothing can follow: the line need not end with \n
        found = last.search(program.stdout)
    return found[1].decode(errors="backslashreplace") if found else None


def missed(
    program: Program, name: str, value: str | None, wanted: str, hint: Text | None
) -> CheckFailed:
    """Make the failure of a report whose line is missing or says something else."""
    line = f"{name}: {wanted}"
    if value is not None:
        saw = same("{line}").fill(line=f"{name}: {value}")
        return CheckFailed(Lesson(saw, same("{line}").fill(line=line), hint))
    seen = gather(program.host, program)
    told = Text("a line {line} in its output", "输出里有一行 {line}").fill(line=line)
    saw = Text("no line {name} in its output; {state}", "输出里没有 {name} 这一行；{state}").fill(
        name=f"{name}:", state=tell_state(seen)
    )
    return CheckFailed(Lesson(saw, told, hints.explain(seen, otherwise=hint)))


def look_at(client: Host, connection: Connection) -> KernelsView:
    """Ask the client's kernel about the socket at the other end of the peer's connection.

    As the student's user, whose descriptors another one may not see. Fails if it is closed.
    """
    port = str(connection.remote[1])
    shown = client.run("ss", "-HtnOpmoe", "state", "established", "sport", "=", f":{port}")
    row = shown.stdout.decode(errors="replace")
    memory = re.search(r"skmem:\(r\d+,rb(\d+),t\d+,tb(\d+)", row)
    if not memory:
        raise CheckFailed(Lesson(saw=CLOSED_EARLY, wanted=STAYS_OPEN, hint=REPORT_FIRST))
    return KernelsView(
        descriptors=frozenset(re.findall(r"fd=(\d+)", row)),
        receive_buffer=memory[1],
        send_buffer=memory[2],
        keeps_alive="timer:(keepalive," in row,
    )


def end_of(end: tuple[str, int]) -> str:
    """Write an end of a connection as the handout has it."""
    return f"{end[0]} port {end[1]}"


def expect_told(connection: Connection, *, hint: Text) -> None:
    """Fail unless server.py tells this client its own address and port, then the server's."""
    told = connection.receive_until_end(hint=ONE_LINE)
    wanted = f"you are {end_of(connection.local)}, I am {end_of(connection.remote)}\n".encode()
    expect.that(
        told == wanted,
        saw=same('"{line}"').fill(line=escape_bytes(told[:SHOWN_BYTES])),
        wanted=same('"{line}"').fill(line=escape_bytes(wanted)),
        hint=hint,
    )


def expect_only(host: Host, port: int, program: Program, *addresses: str) -> None:
    """Wait until sockets listen on a port at exactly these addresses."""
    wanted = set(addresses)

    def is_decided() -> bool:
        seen = listeners(host, port)
        return seen == wanted or bool(seen - wanted) or not program.is_running

    host.steps.deadline.wait_until(is_decided, LISTEN_TIMEOUT_S)
    seen = listeners(host, port)
    if seen == wanted and program.is_running:
        return
    told = ", ".join(f"{expect.bracketed(each)}:{port}" for each in sorted(seen))
    saw = Text("listening: {told}", "正在监听：{told}").fill(told=told or Text("nothing", "没有"))
    if not program.is_running:
        state = tell_state(gather(host, program))
        saw = same("{saw}\n{state}").fill(saw=saw, state=state)
    raise CheckFailed(
        Lesson(
            saw=saw,
            wanted=Text("listening: {told}, nothing else", "只监听：{told}").fill(
                told=", ".join(f"{expect.bracketed(each)}:{port}" for each in sorted(wanted))
            ),
            hint=ONE_ADDRESS,
            look=Text("type ss -tln on {host}", "在 {host} 上运行 ss -tln").fill(host=host.name),
        )
    )


ONE_ADDRESS = Text(
    "bind((HOST, PORT)) takes this one address; '', 0.0.0.0 and :: are all addresses of the host."
    " Sockets with different addresses may have the same port",
    "bind((HOST, PORT)) 只绑定这一个地址；''、0.0.0.0 和 :: 表示本机的所有地址。"
    "地址不同的套接字可以用同一个端口",
)
ONE_LINE = Text(
    r"the server sends one line, ended by \n, to every client that comes, then closes",
    r"每来一个客户端，服务器就发一行（以 \n 结尾），然后关闭连接",
)
CLOSED_EARLY = Text(
    "whoami.py had already closed its connection",
    "whoami.py 已经关闭了连接",
)
STAYS_OPEN = Text(
    "the connection stays open until the server closes it",
    "服务器关闭之前，连接一直开着",
)
REPORT_FIRST = Text(
    "report, then wait with recv() for the server's line and its close",
    "先报告，再用 recv() 等服务器的那一行，直到服务器关闭连接",
)
