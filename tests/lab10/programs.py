"""Lab 10's programs on the hosts, our own ends of their sockets, and what the kernel shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import expect, hints
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state
from lab10 import unix_peer

if TYPE_CHECKING:
    from grader.host import Host, UserName
    from grader.program import Program

PATH = "/tmp/lab10.sock"  # noqa: S108 - the container's own, empty at each check's beginning
SOURCE = Path(unix_peer.__file__).read_text(encoding="utf-8")
LISTEN_TIMEOUT_S = 5.0
END_TIMEOUT_S = 5.0
PEER_TIMEOUT_S = 8.0
ENDING_S = 1.0  # a program that has raised may still be on its way out


def serve(server: Host, port: int, *more: str) -> Program:
    """Start server.py at all addresses and wait until it listens."""
    program = start(server, "server.py", "::", str(port), *more)
    expect.listening(server, port, program, address="::")
    return program


def start(host: Host, name: str, *arguments: str) -> Program:
    """Start a program of the submission."""
    return host.start("python3", name, *arguments, stdin=b"")


def serve_unix(server: Host, kind: str, *, hint: Text | None = None, before: str = "") -> Program:
    """Start unix_server.py at PATH, after a command of the shell, and wait for its socket."""
    words = ("python3", "unix_server.py", kind, PATH)
    shell = ("sh", "-c", f'{before}; exec "$@"', "sh") if before else ()
    program = server.start(*shell, *words, stdin=b"")
    server.steps.deadline.wait_until(
        lambda: has_socket(server, kind) or not program.is_running, LISTEN_TIMEOUT_S
    )
    if has_socket(server, kind) and program.is_running:
        return program
    seen = gather(server, program)
    raise CheckFailed(
        Lesson(
            saw=Text(
                "no {kind} socket is at {path}; {state}", "{path} 上没有{kind}套接字；{state}"
            ).fill(kind=KINDS[kind], path=PATH, state=tell_state(seen)),
            wanted=Text("unix_server.py serves at PATH", "unix_server.py 在 PATH 上提供服务"),
            hint=hint or hints.explain(seen, otherwise=BIND),
            look=Text("type ss -xl on {host}", "在 {host} 上运行 ss -xl").fill(host=server.name),
        )
    )


def has_socket(host: Host, kind: str) -> bool:
    """Does ss(8) show a socket of this kind at PATH that can be asked?"""
    shown = host.run("ss", "-Hxln", user="observer", cwd="/").stdout.decode(errors="replace")
    name = {"stream": "u_str", "datagram": "u_dgr"}[kind]
    rows = [row.split() for row in shown.splitlines()]
    return any(row[0] == name and PATH in row for row in rows if row)


def ask(server: Host, kind: str, text: str, *, user: UserName = "student") -> dict[str, Any]:
    """Send a text to PATH from a socket of our own; give the reply, or the error."""
    server.steps.add("peer", ASKS.fill(kind=KINDS[kind], path=PATH, text=text))
    return be_peer(server, "ask", kind, PATH, text, user=user)


def be_peer(
    host: Host, word: str, kind: str, path: str, text: str = "", *, user: UserName = "student"
) -> dict[str, Any]:
    """Do what unix_peer.py has this word for; give its answer."""
    done = host.run(
        *("python3", "-I", "-S", "-c", SOURCE, word, kind, path, text),
        user=user,
        cwd="/",
        timeout_s=PEER_TIMEOUT_S,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"error": "ENDED"}  # by the submission, whose user it runs as
    return answer


@contextmanager
def serving_peer(host: Host, kind: str, reply: str) -> Iterator[Future[dict[str, Any]]]:
    """Have a server of our own at PATH for one client; its answer is what it saw."""
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(be_peer, host, "serve", kind, PATH, reply)
        host.steps.deadline.wait_until(lambda: has_socket(host, kind), LISTEN_TIMEOUT_S)
        host.steps.add("peer", SERVES.fill(kind=KINDS[kind], path=PATH))
        yield answer


def expect_reply(answer: dict[str, Any], wanted: str, *, server: Program, hint: Text) -> None:
    """Fail unless our client got this reply."""
    if "error" not in answer:
        expect.same_bytes(answer["reply"].encode("latin-1"), wanted.encode(), hint=hint)
        return
    server.wait(ENDING_S)
    seen = gather(server.host, server)
    raise CheckFailed(
        Lesson(
            saw=Text("no reply; {state}", "没有回复；{state}").fill(state=tell_state(seen)),
            wanted=Text('the reply "{reply}"', "回复“{reply}”").fill(reply=wanted),
            hint=hints.explain(seen, otherwise=hint),
        )
    )


def expect_gives_up(program: Program, *wanted: str, hint: Text, runs: Text | None = None) -> None:
    """Fail unless the program ends with a status above 0 and words on stderr, no traceback.

    `runs` says what is wrong with one that goes on.
    """
    program.wait(END_TIMEOUT_S)
    said = program.stderr.decode(errors="replace")
    is_told = all(each in said for each in wanted) and "Traceback" not in said
    if program.exit_status is not None and program.exit_status > 0 and is_told:
        return
    raise CheckFailed(
        Lesson(
            saw=runs if runs and program.is_running else tell_state(gather(program.host, program)),
            wanted=Text(
                "status 1, and on stderr one line with {told}, no traceback",
                "状态码 1，stderr 上有一行，含 {told}，没有 traceback",
            ).fill(told=", ".join(wanted)),
            hint=hint,
        )
    )


KINDS = {"stream": Text("stream", "流"), "datagram": Text("datagram", "数据报")}
SERVES = Text("serves at {path} ({kind}), on server", "在 server 的 {path} 上服务（{kind}）")
ASKS = Text('asks {path} ({kind}): "{text}"', "向 {path}（{kind}）发送“{text}”")
BIND = Text(
    "socket(AF_UNIX, SOCK_STREAM or SOCK_DGRAM), then bind(PATH); a stream socket listens, too",
    "先 socket(AF_UNIX, SOCK_STREAM 或 SOCK_DGRAM)，再 bind(PATH)；流套接字还要 listen()",
)
