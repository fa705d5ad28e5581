"""Lab 2's programs on the hosts, as the handout says they are started and typed into."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from grader import expect
from grader.errors import CheckFailed
from grader.language import Text
from grader.peer_connection import TIMEOUT_S
from grader.peer_words import NO_END, THE_END
from grader.symptoms import gather, tell_state
from lab2 import words

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection, Listener
    from grader.proctable import Process
    from grader.program import Program

PRINT_TIMEOUT_S = 3.0
SETTLE_TIMEOUT_S = 1.0
NEXT_TIMEOUT_S = 0.2  # twenty times for a server that never rests
# Ten messages: short and long ones, with spaces, in both languages of the handout.
DIALOGUE = (
    "hello",
    "how are you?",
    "你好",
    "fine",
    "在吗？",
    "one recv() is not one message",
    "3",
    "套接字",
    "你好, hello again",
    "再见",
)


def serve(server: Host, port: int, *, has_operator: bool = False) -> Program:
    """Start server.py and wait until it listens; without an operator its input is at its end."""
    stdin = None if has_operator else b""
    program = server.start("python3", "server.py", "0.0.0.0", str(port), stdin=stdin)
    expect.listening(server, port, program)
    return program


def connect_next(server: Host, peer: Peer, port: int, *, hint: Text) -> Connection:
    """Connect another client; the hint is for a server that has ended, or no longer listens."""
    expect_outlived(server.programs[-1], hint=hint, settle_s=NEXT_TIMEOUT_S)
    try:
        return peer.connect("server", port)
    except CheckFailed as failed:
        raise CheckFailed(replace(failed.lesson, hint=hint)) from None


def expect_outlived(program: Program, *, hint: Text, settle_s: float = SETTLE_TIMEOUT_S) -> None:
    """Give a program that was woken time to do what it will, and want it to run on."""
    host = program.host
    host.steps.deadline.wait_until(
        lambda: not program.is_running or _all_sleep(host.processes()), settle_s
    )
    expect.that(
        program.is_running,
        saw=tell_state(gather(host, program)),
        wanted=Text("it takes the next client", "它继续服务下一个客户端"),
        hint=hint,
    )


def _all_sleep(processes: list[Process]) -> bool:
    """Whether they wait; where there are none the program is just being taken away."""
    return bool(processes) and all(each.state == "S" for each in processes)


def start_client(client: Host, host: str, port: int) -> Program:
    """Start client.py for a server at host and port; its keyboard stays open."""
    return client.start("python3", "client.py", host, str(port))


def meet(client: Host, listener: Listener) -> tuple[Program, Connection]:
    """Start client.py for the peer's listener and take its connection."""
    program = start_client(client, listener.address, listener.port)
    return program, listener.accept()


def type_line(program: Program, text: str) -> None:
    """Type a line into a program that runs on a host."""
    line = f"{text}\n".encode()
    program.host.steps.add(program.host.name, TYPES, data=line)
    program.send(line)


def end_input(program: Program) -> None:
    """End a program's input, as Ctrl-D does."""
    program.host.steps.add(program.host.name, ENDS_INPUT)
    program.close_stdin()


def ask(connection: Connection, text: str, *, hint: Text | None = None) -> None:
    """Send the server a message and want the answer that it gives without an operator."""
    connection.send(f"{text}\n".encode())
    want_answer(connection, text, hint=hint)


def want_answer(connection: Connection, text: str, *, hint: Text | None = None) -> None:
    """Want the server's own answer to a message that was sent."""
    try:
        line = connection.receive_line(hint=hint or words.NO_LINE)
    except CheckFailed:
        if connection.other and connection.other.programs:
            expect_no_eof_error(connection.other.programs[-1], hint=words.END_OF_INPUT)
        raise
    expect.same_bytes(line, f"received: {text}\n".encode(), hint=hint or words.EXACTLY)


def want_line(connection: Connection, text: str, *, hint: Text | None = None) -> None:
    """Want this line, a message of the client's or an answer of the operator's."""
    line = connection.receive_line(hint=hint or words.NO_LINE)
    expect.same_bytes(line, f"{text}\n".encode(), hint=hint)


def want_end(connection: Connection, *, hint: Text) -> bytes:
    """Want the end of the stream by FIN; give what came before it."""
    received = connection.receive()
    if received.end != "fin":
        raise connection.failed(
            received,
            THE_END,
            timeout_s=TIMEOUT_S,
            hint=NO_END["reset"] if received.end == "reset" else hint,
        )
    return received.data


def want_only_end(connection: Connection, *, hint: Text) -> None:
    """Want the end of the stream by FIN, and nothing before it."""
    expect.same_bytes(want_end(connection, hint=hint), b"", hint=hint)


def printed_so_far(program: Program) -> int:
    """Count the bytes it has printed; what it printed before it sent its last message is told."""
    program.send(b"")  # the agent answers after all that it has read before
    return len(program.stdout)


def want_printed(program: Program, text: str, *, since: int, hint: Text) -> None:
    """Want a text soon in what the program prints after so many bytes."""
    wanted = text.encode()
    program.wait_for_output(lambda printed: wanted in printed[since:], PRINT_TIMEOUT_S)
    expect.printed(program, wanted, since=since, hint=hint)


def expect_no_eof_error(program: Program, *, hint: Text) -> None:
    """Fail if input() has ended the program at the end of its input: this lab is about that."""
    seen = gather(program.host, program)
    expect.that(
        not (seen.raised and seen.raised.kind == "EOFError" and seen.exit_status),
        saw=tell_state(seen),
        wanted=Text("{program} bears the end of its input", "{program} 能应付输入结束").fill(
            program=seen.program
        ),
        hint=hint,
    )


TYPES = Text("types", "输入")
ENDS_INPUT = Text("ends its input (Ctrl-D)", "结束输入（Ctrl-D）")
