"""What can be seen of a program that did not do what was wanted: gathered once, then only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from grader.errors import CheckFailed, GraderError
from grader.language import Text, same
from grader.proctable import LISTENS
from grader.tracebacks import Raised, cut, read_raised

if TYPE_CHECKING:
    from grader.host import Host
    from grader.program import Program

ANY_ADDRESS = ("0.0.0.0", "::")
_SOURCE_BYTES = 4096


class SocketSeen(Protocol):
    """What is read of a socket: grader.host.SocketState has it."""

    @property
    def protocol(self) -> str: ...  # noqa: D102
    @property
    def local(self) -> tuple[str, int]: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Symptoms:
    """A program's last words with the state of its host.

    `exit_status` is None while the program runs and negative after a signal; `files` holds the
    first bytes of the files that were handed in.
    """

    program: str = ""
    host: str = ""
    exit_status: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    port: int | None = None
    sockets: Sequence[SocketSeen] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def raised(self) -> Raised | None:
        """The exception the program ended with, as far as its stderr tells."""
        return read_raised(self.stderr)

    def at_port(self, state: str, protocol: str = "tcp") -> list[SocketSeen]:
        """Sockets in this state at the port that is asked about."""
        return [
            seen
            for seen in self.sockets
            if seen.protocol.startswith(protocol)
            and seen.state == state
            and seen.local[1] == self.port
        ]

    @property
    def listeners(self) -> list[SocketSeen]:
        """TCP sockets that listen, at any port."""
        return [s for s in self.sockets if s.protocol.startswith("tcp") and s.state == LISTENS]


def gather(host: Host, program: Program | None = None, port: int | None = None) -> Symptoms:
    """Look at the host as it is now. Costs a few requests, so only after something failed.

    What cannot be looked at any more, as the host or the check's time is gone, is left out.
    """
    seen = Symptoms(host=host.name, port=port)
    if program is not None:
        seen = replace(
            seen,
            program=program_name(program.argv),
            exit_status=program.exit_status,
            stdout=program.stdout,
            stderr=program.stderr,
        )
    with suppress(CheckFailed, GraderError):
        seen = replace(seen, sockets=tuple(host.sockets()))
        seen = replace(seen, files=_first_bytes(host))
    return seen


def program_name(argv: Sequence[str]) -> str:
    """Tell what a person calls a command: server.py of `python3 -u server.py HOST PORT`."""
    named = next((word for word in argv if word.endswith(".py")), argv[0] if argv else "")
    return PurePosixPath(named).name


def tell_state(seen: Symptoms) -> Text:
    """Say whether the program still runs, or how it ended, with its own line if it raised."""
    status = seen.exit_status
    name = seen.program or same("?")
    if status is None:
        return Text("{name} is still running", "{name} 还在运行").fill(name=name)
    if status < 0:
        return Text("{name} was ended by signal {n}", "{name} 被信号 {n} 结束").fill(
            name=name, n=-status
        )
    ended = Text("{name} ended with status {status}", "{name} 已结束，退出状态为 {status}").fill(
        name=name, status=status
    )
    if status and seen.raised:
        return same("{ended}\n{line}").fill(ended=ended, line=seen.raised.describe())
    if status and (words := seen.stderr.decode("utf-8", "backslashreplace").strip()):
        return same("{ended}\n{words}").fill(ended=ended, words=cut(words.splitlines()[-1]))
    return ended


def _first_bytes(host: Host) -> dict[str, bytes]:
    """Read the head of each Python file in /lab, as one whom programs cannot stop."""

    def output(*argv: str) -> bytes:
        return host.run(*argv, cwd="/", user="observer", timeout_s=2).stdout

    listed = output("find", "/lab", "-maxdepth", "1", "-name", "*.py", "-type", "f", "-print0")
    names = [
        PurePosixPath(name.decode("utf-8", "replace")).name
        for name in listed.split(b"\0")[:20]
        if name
    ]
    return {name: output("head", "-c", str(_SOURCE_BYTES), f"/lab/{name}") for name in names}
