"""A host of the sandbox: start programs on it, look at it, put it back to its beginning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from grader.channel import Channel, ChannelClosed, pack, unpack
from grader.deadline import Deadline
from grader.errors import CheckFailed, GraderError
from grader.language import Text
from grader.lesson import Lesson
from grader.proctable import LISTENS, Process, SocketState, read_dump, read_process, read_sockets
from grader.program import Output, Program
from grader.steps import Steps

if TYPE_CHECKING:
    import testinfra.host

    from grader.packets import Capture

UserName = Literal["student", "observer"]

# The agent answers in milliseconds, or is starved by the machine. Silence is an error of ours, so
# the limits are wide: a check's own time is kept by its deadline.
REQUEST_TIMEOUT_S = 20.0
RESET_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Completed:
    """A command that has ended, or whose time was over: then `timed_out`, and it was killed.

    At most 1 MiB of each output is kept; `truncated` says if there was more.
    """

    argv: tuple[str, ...]
    exit_status: int
    stdout: bytes
    stderr: bytes
    duration_s: float
    timed_out: bool
    truncated: bool


class Host:
    """One container: `server` or `client` of a submission, or our `peer`.

    A submission's program may take its container with it, by memory above all. That is its own
    fault: for a submission's host every method then raises CheckFailed, for the peer GraderError.
    `why_closed` may ask the engine what happened. testinfra's modules are attributes of a host,
    as in host.socket("tcp://0.0.0.0:8080").is_listening.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        address: str,
        address6: str | None = None,
        names: Mapping[str, str] | None = None,
        is_ours: bool = False,
        why_closed: Callable[[], Text | None] = lambda: None,
    ) -> None:
        self.name = channel.name
        self.address = address
        self.address6 = address6  # None where the lab has no IPv6
        self.names = names or {}  # of all hosts of the sandbox, by address
        self.steps = Steps()
        self.programs: tuple[Program, ...] = ()
        self._channel = channel
        self._is_ours = is_ours
        self._why_closed = why_closed

    @property
    def clock_offset_s(self) -> float:
        """How far the host's monotonic clock is ahead of ours: not at all on the same kernel."""
        return self._channel.clock_offset_s

    def start(
        self,
        *argv: str,
        stdin: bytes | None = None,
        cwd: str = "/lab",
        env: Mapping[str, str] | None = None,
        on_output: Callable[[Output], None] | None = None,
    ) -> Program:
        """Start a program as the student's user; it gets the container's environment and `env`.

        `stdin` is all its input: b"" where nobody types, so that input() ends with EOFError and
        does not wait. None: it stays open for Program.send().

        With `on_output` each chunk is handed over in the channel's reader thread, and neither kept
        nor limited: that is for programs of ours.
        """
        program = Program(self, argv, number=self._channel.new_number(), on_output=on_output)
        self._channel.subscribe(program.number, program.note)
        answer = self.ask(
            "start",
            timeout_s=REQUEST_TIMEOUT_S,
            program=program.number,
            argv=argv,
            cwd=cwd,
            env=dict(env or {}),
            user="student",
            stdin=None if stdin is None else pack(stdin),
            is_limited=on_output is None,
        )
        program.pid, program.started_at_s = answer["pid"], answer["at"]
        self.programs += (program,)
        self.steps.add(self.name, STARTS.fill(command=" ".join(argv)), at_s=answer["at"])
        return program

    def run(
        self,
        *argv: str,
        stdin: bytes = b"",
        timeout_s: float = 5.0,
        cwd: str = "/lab",
        env: Mapping[str, str] | None = None,
        user: UserName = "student",
    ) -> Completed:
        """Run a command to its end, or kill it after `timeout_s`. Leaves no step."""
        timeout_s = self.steps.deadline.clip(timeout_s)
        answer = self.ask(
            "run",
            timeout_s=timeout_s + REQUEST_TIMEOUT_S,
            program=self._channel.new_number(),
            argv=argv,
            cwd=cwd,
            env=dict(env or {}),
            user=user,
            stdin=pack(stdin),
            limit_s=timeout_s,
        )
        return Completed(
            argv=argv,
            exit_status=answer["exit_status"],
            stdout=unpack(answer["stdout"]),
            stderr=unpack(answer["stderr"]),
            duration_s=answer["duration_s"],
            timed_out=answer["timed_out"],
            truncated=answer["truncated"],
        )

    def unpack(self, archive: bytes) -> None:
        """Put a tar archive's files into /lab and nothing else; ends all programs first."""
        self._renew("unpack", archive=pack(archive))

    def reset(self) -> None:
        """End all programs, empty all folders, unpack the archive of unpack() again."""
        self._renew("reset")

    def processes(self) -> list[Process]:
        """List the processes of the student's user."""
        answer = self.ask("processes", timeout_s=REQUEST_TIMEOUT_S)
        found = [read_process(status, arguments) for status, arguments in answer["processes"]]
        return [process for process in found if process.uid == self._channel.settings.student_uid]

    def sockets(
        self,
        *,
        only: Literal["listening", "tcp"] | None = None,
        between: tuple[tuple[str, int], tuple[str, int]] | None = None,
    ) -> list[SocketState]:
        """List all sockets of the host, as ss(8) does, without running it.

        Listing some takes less time: with `only` those of TCP, or those of TCP that listen, and
        others need not be there; with `between`, the address and port here and there, one.
        """
        answer = self.ask("sockets", only=only, ends=between, timeout_s=REQUEST_TIMEOUT_S)
        return _read_tables(answer)

    def wait_for_listener(
        self,
        is_wanted: Callable[[SocketState], bool],
        *,
        program: Program | None,
        timeout_s: float,
    ) -> bool:
        """Wait until a wanted TCP socket listens; tell whether one does.

        Not longer than a program runs, if one is given. The agent looks, and answers when
        something has changed, so that waiting costs next to nothing.
        """
        end = Deadline.after(self.steps.deadline.clip(timeout_s))
        seen: dict[str, Any] | None = None
        while True:
            rest_s = end.rest_s
            seen = self.ask(
                "listeners",
                unlike=seen,
                program=program and program.number,
                within_s=rest_s,
                timeout_s=rest_s + REQUEST_TIMEOUT_S,
            )
            if any(is_wanted(each) for each in _read_tables(seen) if each.state == LISTENS):
                return True
            if not rest_s or (program and not program.is_running):
                return False

    def capture(self, interface: str = "eth0") -> AbstractContextManager[Capture]:
        """Capture what passes the interface while the context lasts."""
        from grader.packets import open_capture  # dpkt is imported for those who capture

        return open_capture(self, self._channel, interface=interface)

    def stay(self) -> None:
        """Let the container live on without the grader, with all its programs."""
        self.ask("stay", timeout_s=REQUEST_TIMEOUT_S)

    def code(self) -> bytes:
        """Give the agent in compiled form, for another container of the same image."""
        return unpack(self.ask("code", timeout_s=REQUEST_TIMEOUT_S)["code"])

    @property
    def is_lost(self) -> bool:
        """Has the container ended?"""
        return self._channel.is_closed

    def close(self) -> None:
        """End the container."""
        self._channel.close()

    @cached_property
    def testinfra(self) -> testinfra.host.Host:
        """This host as testinfra knows hosts."""
        from testinfra.host import Host as TestinfraHost

        from grader.backend import ChannelBackend

        return TestinfraHost(ChannelBackend(self))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.testinfra, name)

    def ask(self, op: str, *, timeout_s: float, **fields: object) -> dict[str, Any]:
        """Send a request of the agent's protocol.

        Raises CheckFailed when the submission has ended its container, GraderError when we did.
        """
        try:
            return self._channel.request(op, timeout_s=timeout_s, **fields)
        except ChannelClosed:
            raise self.lost() from None

    def post(self, op: str, **fields: object) -> None:
        """Send a request whose answer nobody waits for. Raises as ask() does."""
        try:
            self._channel.post(op, **fields)
        except ChannelClosed:
            raise self.lost() from None

    def lost(self) -> CheckFailed | GraderError:
        """Say that the container is gone, and whose fault that is."""
        why = self._why_closed()
        if self._is_ours:
            return GraderError(LOST.fill(host=self.name, why=why or UNKNOWN))
        return CheckFailed(
            Lesson(
                saw=LOST.fill(host=self.name, why=why or UNKNOWN),
                wanted=ALIVE.fill(host=self.name),
                hint=USES_MUCH,
            )
        )

    def _renew(self, op: str, **fields: object) -> None:
        for program in self.programs:
            self._channel.unsubscribe(program.number)
        self.programs = ()
        self.ask(op, timeout_s=RESET_TIMEOUT_S, **fields)


def _read_tables(answer: Mapping[str, Any]) -> list[SocketState]:
    return [
        *(s for name, dump in answer["dumped"].items() for s in read_dump(name, unpack(dump))),
        *(s for name, table in answer["tabled"].items() for s in read_sockets(name, table)),
    ]


STARTS = Text("starts {command}", "启动 {command}")
LOST = Text("host {host} was ended: {why}", "主机 {host} 已被终止：{why}")
UNKNOWN = Text("a program took the whole host with it", "程序连同整台主机一起退出了")
ALIVE = Text("{host} runs until the check is over", "{host} 一直运行到检查结束")
USES_MUCH = Text(
    "a program that keeps all it receives, or that starts more and more processes, takes all"
    " memory of its host",
    "程序如果把收到的数据全部留在内存里，或者不断启动新进程，就会耗尽主机的内存",
)
