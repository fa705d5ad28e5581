"""Programs in the agent: started, fed, read, reaped; and all of them ended at once."""

from __future__ import annotations

import binascii
import contextlib
import os
import select
import selectors
import signal
import time
from collections.abc import Callable, Mapping

from grader.agent.child import become

Tell = Callable[[Mapping[str, object]], None]

CHUNK_BYTES = 65536
CHUNKS_AT_END = 32  # a pipe holds up to 1 MiB (pipe-max-size in pipe(7)); more is not waited for
REAPED_PER_PASS = 256
PENDING_BYTES = 16 << 20  # input not yet read by a program is kept here, in the agent's memory
FREQUENT_CHUNKS = 100  # from here on a stream is read once a millisecond, not once a byte
END_TIMEOUT_S = 20.0  # the kernel frees a killed program's memory first, on a busy machine slowly


class Refused(Exception):  # noqa: N818 - said to the grader, not raised at it
    """A request that cannot be done; the text is answered as the error."""


class Stream:
    """One output of a program, and how many bytes of it may still be told; None: all of it."""

    def __init__(self, name: str, descriptor: int, allowance: int | None) -> None:
        self.name = name
        self.descriptor = descriptor
        self.allowance = allowance
        self.chunks = 0


class Program:
    """A started program, its input still to write and its outputs still open."""

    def __init__(self, number: int, pid: int, stdin: int, streams: list[Stream]) -> None:
        self.number = number
        self.pid = pid
        self.stdin: int | None = stdin
        self.streams = streams
        self.pending = bytearray()
        self.closes_stdin = False
        self.deadline: float | None = None
        self.timed_out = False
        self.truncated = False
        # Where set, output is collected for it and not told; called once with status and time.
        self.when_ended: Callable[[int, float], None] | None = None
        self.collected = {"stdout": bytearray(), "stderr": bytearray()}


class Programs:
    """All programs of this container."""

    def __init__(self, selector: selectors.BaseSelector, tell: Tell) -> None:
        self.selector = selector
        self.tell = tell
        self.by_number: dict[int, Program] = {}
        self.by_pid: dict[int, Program] = {}
        self.is_busy = False  # something printed often since the loop last asked

    def start(
        self,
        number: int,
        argv: list[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        user: Mapping[str, int],
        limits: Mapping[str, int],
        output_bytes: int | None,
    ) -> Program:
        """Fork a program. Raises OSError if there is no process or descriptor left."""
        ends: list[int] = []
        try:
            for _ in range(3):
                ends += os.pipe()
            pid = os.fork()
        except OSError:
            for end in ends:
                os.close(end)
            raise
        stdin_theirs, stdin, stdout, stdout_theirs, stderr, stderr_theirs = ends
        theirs = (stdin_theirs, stdout_theirs, stderr_theirs)
        if pid == 0:
            environment = {**os.environ, **env}
            become(
                argv,
                cwd=cwd,
                env=environment,
                user=user,
                limits=limits,
                pipes=theirs,
            )
        for end in theirs:
            os.close(end)
        for end in (stdin, stdout, stderr):
            os.set_blocking(end, False)
        streams = [Stream("stdout", stdout, output_bytes), Stream("stderr", stderr, output_bytes)]
        program = Program(number, pid, stdin, streams)
        self.by_number[number] = self.by_pid[pid] = program
        for stream in streams:
            self._watch(program, stream)
        return program

    def _watch(self, program: Program, stream: Stream) -> None:
        def read() -> None:
            self._read(program, stream)

        self.selector.register(stream.descriptor, selectors.EVENT_READ, read)

    def feed(self, number: int, data: bytes, *, closes: bool) -> bool:
        """Give a program input, in time; tell whether it still runs."""
        program = self.by_number.get(number)
        if program is None or program.stdin is None:
            return False
        if len(program.pending) + len(data) > PENDING_BYTES:
            raise Refused(f"the program leaves more than {PENDING_BYTES} bytes of input unread")
        if not program.pending:
            self.selector.register(
                program.stdin, selectors.EVENT_WRITE, lambda: self._write(program)
            )
        program.pending += data
        program.closes_stdin |= closes
        self._write(program)
        return True

    def signal(self, number: int, signum: int) -> bool:
        """Signal a program and its children, as a terminal does; tell whether it still ran."""
        if not self.is_running(number):
            return False
        _signal_group(self.by_number[number].pid, signum)
        return True

    def is_running(self, number: int) -> bool:
        """Has a program not been reaped yet?"""
        program = self.by_number.get(number)
        return program is not None and program.pid in self.by_pid

    def patience_s(self) -> float | None:
        """Seconds until a program is overdue."""
        deadlines = [p.deadline for p in self.by_pid.values() if p.deadline is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def end_overdue(self) -> None:
        """Kill each program whose time is over."""
        now = time.monotonic()
        for program in list(self.by_pid.values()):
            if program.deadline is not None and program.deadline <= now:
                program.deadline, program.timed_out = None, True
                _signal_group(program.pid, signal.SIGKILL)

    def reap(self) -> bool:
        """Collect ended children, orphans too; tell whether there may be more."""
        for _ in range(REAPED_PER_PASS):
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return False
            if program := self.by_pid.pop(pid, None):
                self._finish(program, os.waitstatus_to_exitcode(status))
        return True

    def end_everything(self, woken: int) -> None:
        """Kill every process of the container but this one; return when all are gone.

        kill(-1) of PID 1 is one pass under the kernel's lock on all processes: nothing that forks
        escapes it. `woken` becomes readable when a child has ended.
        """
        if os.getpid() != 1:
            raise Refused("only PID 1 of a container may end everything")
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        end = time.monotonic() + END_TIMEOUT_S
        while self.reap() or self._has_children():
            if time.monotonic() > end:
                raise Refused(f"processes are left {END_TIMEOUT_S:g} s after SIGKILL")
            if select.select([woken], [], [], 0.1)[0]:
                os.read(woken, 4096)
        for program in list(self.by_number.values()):
            self._close(program)

    @staticmethod
    def _has_children() -> bool:
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    def _write(self, program: Program) -> None:
        assert program.stdin is not None
        try:
            del program.pending[: os.write(program.stdin, program.pending[:CHUNK_BYTES])]
        except BlockingIOError:
            return
        except BrokenPipeError:
            program.pending.clear()
            program.closes_stdin = True
        if not program.pending:
            self.selector.unregister(program.stdin)
            if program.closes_stdin:
                os.close(program.stdin)
                program.stdin = None

    def _read(self, program: Program, stream: Stream) -> bool:
        try:
            data = os.read(stream.descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return False
        at_s = time.monotonic()
        if not data:
            self._close_stream(program, stream)
            return False
        kept = data
        if stream.allowance is not None:
            stream.chunks += 1
            self.is_busy |= stream.chunks > FREQUENT_CHUNKS
            kept = data[: stream.allowance]
            stream.allowance -= len(kept)
            if len(kept) < len(data) and not program.truncated:
                program.truncated = True
                self.tell({"event": "truncated", "program": program.number})
        if program.when_ended:
            program.collected[stream.name] += kept
        elif kept:
            text = binascii.b2a_base64(kept, newline=False).decode()
            self.tell(
                {
                    "event": "output",
                    "program": program.number,
                    "stream": stream.name,
                    "data": text,
                    "at": at_s,
                }
            )
        return True

    def _finish(self, program: Program, status: int) -> None:
        """Tell the end, after all that the program itself has written.

        A child that it left behind may hold the outputs open; those are read on.
        """
        at_s = time.monotonic()
        for stream in list(program.streams):
            for _ in range(CHUNKS_AT_END):
                if not self._read(program, stream):
                    break
        if program.when_ended:
            program.when_ended(status, at_s)
            self._close(program)
            return
        self.tell({"event": "exit", "program": program.number, "status": status, "at": at_s})
        self._close_stdin(program)
        if not program.streams:
            self._close(program)

    def _close_stream(self, program: Program, stream: Stream) -> None:
        self.selector.unregister(stream.descriptor)
        os.close(stream.descriptor)
        program.streams.remove(stream)
        if not program.streams and program.pid not in self.by_pid:
            self._close(program)

    def _close_stdin(self, program: Program) -> None:
        if program.stdin is not None:
            if program.pending:
                self.selector.unregister(program.stdin)
            os.close(program.stdin)
            program.stdin = None

    def _close(self, program: Program) -> None:
        self.by_number.pop(program.number, None)
        self._close_stdin(program)
        for stream in list(program.streams):
            self._close_stream(program, stream)


def _signal_group(pid: int, signum: int) -> None:
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:  # forked just now and not yet the leader of its session
        os.kill(pid, signum)
