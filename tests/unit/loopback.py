"""The peer on this machine: its agent as a plain process, and stand-ins for hosts."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from grader.errors import CheckFailed
from grader.peer import Peer, open_peer
from grader.peer_connection import Connection
from grader.program import Output

if TYPE_CHECKING:
    from grader.host import Host

Connected = tuple[Connection, socket.socket]

LIMIT_S = 5.0
SHORT_S = 0.01


class LocalProgram:
    """The agent as a process of this machine."""

    def __init__(self, argv: tuple[str, ...], on_output: Callable[[Output], None]) -> None:
        self._process = subprocess.Popen(
            (sys.executable, *argv[1:]), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._on_output = on_output
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        stdout = cast(Any, self._process.stdout)
        while data := stdout.read1(65536):
            self._on_output(Output(0.0, "stdout", data))

    def post(self, data: bytes) -> None:
        stdin = cast(Any, self._process.stdin)
        stdin.write(data)
        stdin.flush()

    def close_stdin(self) -> None:
        cast(Any, self._process.stdin).close()

    def end(self) -> None:
        self._process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        cast(Any, self._process.stdout).close()


@dataclass
class LocalHost:
    """Starts what it is told to on this machine."""

    address: str = "127.0.0.1"
    address6: str | None = None
    started: list[LocalProgram] = field(default_factory=list)

    def start(self, *argv: str, on_output: Callable[[Output], None]) -> LocalProgram:
        self.started.append(LocalProgram(argv, on_output))
        return self.started[-1]


@dataclass(frozen=True)
class Waiting:
    """A socket of the other host with bytes its program has not read."""

    local: tuple[str, int]
    remote: tuple[str, int]
    receive_queue_bytes: int
    protocol: str = "tcp"
    state: str = "ESTAB"


@dataclass
class OtherHost:
    """The submission's host: says of its sockets what it is told, one list after another."""

    name: str
    address: str
    address6: str | None = None
    states: list[list[Waiting]] = field(default_factory=list)
    programs: tuple[object, ...] = ()

    def sockets(self, *, between: object = None) -> list[Waiting]:
        return self.states.pop(0) if self.states else []

    def run(self, *_argv: str, timeout_s: float, user: str, cwd: str) -> object:
        assert timeout_s
        return type("Completed", (), {"stdout": b""})()


@contextmanager
def local_peer() -> Iterator[Peer]:
    """Start the peer's agent, and end it."""
    host = LocalHost()
    with open_peer(cast("Host", host)) as peer:
        yield peer
    for program in host.started:
        program.end()


@contextmanager
def local_listener() -> Iterator[socket.socket]:
    """Listen on loopback, with a limit for accept."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT_S)
        yield listener


def lesson_of(failure: pytest.ExceptionInfo[CheckFailed]) -> str:
    return failure.value.lesson.saw.en


def ended_by(exception: bytes) -> object:
    """A program that an exception has ended."""
    return SimpleNamespace(
        argv=("python3", "server.py"),
        is_running=False,
        exit_status=1,
        stdout=b"",
        stderr=b'Traceback (most recent call last):\n  File "server.py", line 3\n' + exception,
        wait=lambda timeout_s: 1,
    )


def ending(status: int) -> object:
    """A program that is seen to have ended only when it is waited for."""
    program = SimpleNamespace(
        argv=("python3", "server.py"), is_running=True, exit_status=None, stdout=b"", stderr=b""
    )

    def wait(timeout_s: float) -> int:
        program.is_running, program.exit_status = False, status
        return status

    program.wait = wait
    return program
