"""The agent's loop: what the grader may ask, and what wakes the agent."""

from __future__ import annotations

import binascii
import contextlib
import json
import marshal
import os
import resource
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping

from grader.agent.capture import Captures
from grader.agent.child import acting_as
from grader.agent.files import Entry, read_archive, renew
from grader.agent.program import Program, Programs, Refused
from grader.agent.sockets import encoded, find, read_table, tables

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself is slow to import
    from typing import Any

REQUEST_BYTES = 65536  # what a pipe holds
STATUS_BYTES = 65536
ARGUMENTS_BYTES = 4096
PROCESSES = 1024
RESTING_S = 0.001
POLL_S = 0.01  # the kernel does not tell when a socket begins to listen

# Runs as the student, so it can remove nothing else; it opens folders that a program has closed.
EMPTY_AND_UNPACK = """
chmod 755 "$@" 2>/dev/null
if ! find "$@" -mindepth 1 -delete 2>/dev/null; then
    chmod -R u+rwx "$@" 2>/dev/null
    find "$@" -mindepth 1 -delete || exit
fi
exec tar -x -f - -C "$1" --no-same-owner --no-same-permissions
"""


class Agent:
    """Reads requests, answers them, tells events. Made once, by main()."""

    def __init__(self, *, requests: int, answers: int) -> None:
        self.requests: int | None = requests
        self.answers = answers
        self.received = bytearray()
        self.selector = selectors.DefaultSelector()
        self.programs = Programs(self.selector, self.tell)
        self.captures = Captures(self.selector, self.tell)
        self.settings: dict[str, Any] = {}
        self.archive = b""
        self.entries: list[Entry] | None = None  # of the archive, if it is an ordinary one
        self.listeners: dict[str, dict[str, str]] = {}  # when no program runs
        self.stays = False
        # Each gives its answer as soon as it can, and tells whether it has.
        self.awaited: list[Callable[[], bool]] = []
        self.has_ended_children = False
        self.woken, self.waker = socket.socketpair()

    def run(self) -> None:
        """Serve until the grader is gone."""
        assert self.requests is not None
        for end in (self.woken, self.waker):
            end.setblocking(False)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        # An exec resets what is handled but keeps what is ignored, as Python ignores the last two.
        for handled in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(handled, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # else a new child answers it as Python does
        self.selector.register(self.woken, selectors.EVENT_READ, self._note_children)
        self.selector.register(self.requests, selectors.EVENT_READ, self._read)
        while True:
            for key, _ in self.selector.select(self._patience_s()):
                # A callback before this one may have closed it.
                if self.selector.get_map().get(key.fd) is key:
                    key.data()
            if self.has_ended_children:
                self.has_ended_children = self.programs.reap()
            self.programs.end_overdue()
            self.awaited = [answer for answer in self.awaited if not answer()]
            if self.programs.is_busy:
                self.programs.is_busy = False
                time.sleep(RESTING_S)

    def _patience_s(self) -> float | None:
        """Seconds until there is something to do, whatever wakes the loop before; None: never."""
        if self.has_ended_children:
            return 0
        patience_s = self.programs.patience_s()
        if self.awaited:
            return POLL_S if patience_s is None else min(POLL_S, patience_s)
        return patience_s

    def tell(self, message: Mapping[str, object]) -> None:
        """Write one line. May block: the grader reads at all times, or is gone."""
        if self.requests is None:
            return
        line = memoryview(json.dumps(message).encode() + b"\n")
        while line:
            line = line[os.write(self.answers, line) :]

    def _note_children(self) -> None:
        with contextlib.suppress(BlockingIOError):  # a reset in the same round has read it
            self.woken.recv(4096)
        self.has_ended_children = True

    def _read(self) -> None:
        assert self.requests is not None
        data = os.read(self.requests, REQUEST_BYTES)
        if not data:
            if not self.stays:
                os._exit(0)
            self.selector.unregister(self.requests)
            self.requests = None
            return
        self.received += data
        if b"\n" not in data:
            return
        *lines, self.received = self.received.split(b"\n")
        for line in lines:
            request = json.loads(line)
            number = request.pop("id")
            try:
                answer = getattr(self, "do_" + request.pop("op"))(number, **request)
            except (Refused, OSError) as problem:
                self.tell({"id": number, "error": str(problem)})
            else:
                if answer is not None and number:  # else it comes later, or nobody waits for it
                    self.tell({"id": number, "answer": answer})

    def do_hello(self, number: int, **settings: Any) -> dict[str, object]:
        """Take the settings; say who answers."""
        if any(user["uid"] == 0 for user in settings["users"].values()):
            raise Refused("programs must not run as root")
        if settings["first"]:
            _run_first(settings["first"])
        self.settings = settings
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        status = read_table("/proc/self/status", STATUS_BYTES)
        has_none = "NoNewPrivs:\t1\n" in status
        return {"pid": os.getpid(), "no_new_privs": has_none, "at": time.monotonic()}

    def do_code(self, number: int) -> dict[str, object]:
        """Give the agent's modules, those in use compiled, for another one of the same Python."""
        import __main__

        return {"code": encoded(marshal.dumps(__main__.modules))}

    def do_start(self, number: int, *, stdin: str | None, **given: Any) -> dict[str, object]:
        """Start a program whose output is told as it comes; `stdin` is all its input, if given."""
        program = self._start(**given)
        started: dict[str, object] = {"pid": program.pid, "at": time.monotonic()}
        if stdin is not None:
            self.programs.feed(program.number, binascii.a2b_base64(stdin), closes=True)
        return started

    def do_run(self, number: int, *, stdin: str, limit_s: float, **given: Any) -> None:
        """Start a program; answer when it has ended or its time is over."""
        program = self._start(**given)
        begun_s = time.monotonic()

        def answer(status: int, at_s: float) -> None:
            ended: dict[str, object] = {"exit_status": status, "duration_s": at_s - begun_s}
            ended |= {"truncated": program.truncated, "timed_out": program.timed_out}
            ended |= {name: encoded(data) for name, data in program.collected.items()}
            self.tell({"id": number, "answer": ended})

        program.when_ended = answer
        program.deadline = begun_s + limit_s
        self.programs.feed(program.number, binascii.a2b_base64(stdin), closes=True)

    def do_send(self, number: int, *, program: int, data: str, closes: bool) -> dict[str, object]:
        """Give a program input."""
        runs = self.programs.feed(program, binascii.a2b_base64(data), closes=closes)
        return {"was_running": runs}

    def do_signal(self, number: int, *, program: int, signum: int) -> dict[str, object]:
        """Signal a program."""
        return {"was_running": self.programs.signal(program, signum)}

    def do_processes(self, number: int) -> dict[str, object]:
        """Give what /proc says of each process."""
        found = []
        for name in [name for name in os.listdir("/proc") if name.isdecimal()][:PROCESSES]:  # noqa: PTH208
            with contextlib.suppress(OSError):  # it has ended meanwhile
                status = read_table(f"/proc/{name}/status", STATUS_BYTES)
                found.append([status, read_table(f"/proc/{name}/cmdline", ARGUMENTS_BYTES)])
        return {"processes": found}

    def do_sockets(
        self, number: int, *, only: str | None, ends: list[tuple[str, int]] | None
    ) -> dict[str, dict[str, str]]:
        """Give the kernel's tables of sockets; with both ends of a connection only that."""
        if ends:
            with contextlib.suppress(OSError):  # a kernel that cannot tell one
                return find(*ends)
        return tables(only)

    def do_listeners(
        self, number: int, *, unlike: dict[str, object] | None, program: int | None, within_s: float
    ) -> None:
        """Give what listens when it is `unlike` that, or a program has ended, or time is over.

        None: unlike what listened before any program was started, such as the engine's resolver.
        """
        end_s = time.monotonic() + within_s

        def answer() -> bool:
            runs = program is None or self.programs.is_running(program)
            found = tables("listening")
            if found == (unlike or self.listeners) and runs and time.monotonic() < end_s:
                return False
            self.tell({"id": number, "answer": found})
            return True

        self.awaited.append(answer)

    def do_capture(self, number: int, *, capture: int, **given: Any) -> dict[str, object]:
        """Start a capture."""
        self.captures.start(capture, **given)
        return {"at": time.monotonic()}

    def do_capture_end(self, number: int, *, capture: int) -> dict[str, int]:
        """End a capture, after the frames that have come so far were told."""
        return self.captures.end(capture)

    def do_unpack(self, number: int, *, archive: str) -> dict[str, object] | None:
        """Put an archive in place of all files; a reset puts the same one there again."""
        self.archive = binascii.a2b_base64(archive)
        self.entries = read_archive(self.archive)
        return self.do_reset(number)

    def do_reset(self, number: int) -> dict[str, object] | None:
        """End every program, empty every folder, unpack the archive."""
        self.captures.end_all()
        self.awaited.clear()
        self.programs.end_everything(self.woken.fileno())
        self.listeners = tables("listening")
        folders = [f for f in self.settings["folders"] if os.path.isdir(f)]  # noqa: PTH112
        if self.entries is not None:
            with acting_as(self.settings["users"]["student"]):
                if renew(folders, self.entries):
                    return {}
        argv = ["sh", "-c", EMPTY_AND_UNPACK, "sh", *folders]
        program = self._start(program=-number, argv=argv, cwd="/", env={}, user="student")

        def answer(status: int, at_s: float) -> None:
            said = program.collected["stderr"][:1000].decode(errors="replace")
            error = {"id": number, "error": f"status {status}: {said}"}
            self.tell(error if status else {"id": number, "answer": {}})

        program.when_ended = answer
        self.programs.feed(program.number, self.archive, closes=True)
        return None

    def do_stay(self, number: int) -> dict[str, object]:
        """Go on living when the grader is gone."""
        self.stays = True
        return {}

    def _start(
        self,
        *,
        program: int,
        argv: list[str],
        cwd: str,
        env: dict[str, str],
        user: str,
        is_limited: bool = True,
    ) -> Program:
        return self.programs.start(
            program,
            argv,
            cwd=cwd,
            env=env,
            user=self.settings["users"][user],
            limits=self.settings["limits"],
            output_bytes=self.settings["output_bytes"] if is_limited else None,
        )


def _run_first(script: str) -> None:
    """Run a shell script of the grader's; what it prints goes to stderr, stdout is the channel."""
    argv = ["sh", "-e", "-c", f"exec >&2 </dev/null; {script}"]
    _, status = os.waitpid(os.posix_spawn("/bin/sh", argv, os.environ), 0)
    if status:
        raise Refused(f"the first script ended with status {os.waitstatus_to_exitcode(status)}")


def main() -> None:
    """Be the agent on stdin and stdout."""
    Agent(requests=0, answers=1).run()
