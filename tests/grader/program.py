"""A program on a host: what it was given, what it printed and when, how it ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from grader.channel import pack, unpack
from grader.language import Text

if TYPE_CHECKING:
    from grader.host import Host

REQUEST_TIMEOUT_S = 20.0  # see host.py


@dataclass(frozen=True)
class Output:
    """Bytes that a program printed, read together. `at_s` is monotonic time of the containers."""

    at_s: float
    stream: Literal["stdout", "stderr"]
    data: bytes


class Program:
    """A program that was started by Host.start(); it is told of by the host's channel.

    It never belongs to a check's own threads: all properties may be read at any time.
    """

    def __init__(
        self,
        host: Host,
        argv: tuple[str, ...],
        *,
        number: int,
        on_output: Callable[[Output], None] | None,
    ) -> None:
        self.host = host
        self.argv = argv
        self.number = number
        self.pid = 0
        self.started_at_s = 0.0
        self.ended_at_s: float | None = None
        self.truncated = False
        self._exit_status: int | None = None
        self._is_lost = False
        self._on_output = on_output
        self._changed = threading.Condition()
        self._outputs: list[Output] = []
        self._kept = {"stdout": bytearray(), "stderr": bytearray()}

    def note(self, event: Mapping[str, Any]) -> None:
        """Take an event of the agent; called in the channel's reader thread."""
        if event["event"] == "output":
            output = Output(event["at"], event["stream"], unpack(event["data"]))
            if self._on_output:
                self._on_output(output)
                return
        with self._changed:
            match event["event"]:
                case "output":
                    self._outputs.append(output)
                    self._kept[output.stream] += output.data
                case "truncated":
                    self.truncated = True
                case "exit":
                    self._exit_status = event["status"]
                    self.ended_at_s = event["at"]
                case "closed":
                    self._is_lost = self._exit_status is None
            self._changed.notify_all()

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative after a signal. 127: no such command, 126: not to be run."""
        return self._exit_status

    @property
    def is_running(self) -> bool:
        """Has it not ended yet?"""
        return self._exit_status is None and not self._is_lost

    @property
    def stdout(self) -> bytes:
        """All that it printed so far; at most 1 MiB is kept, `truncated` says if there was more."""
        with self._changed:
            return bytes(self._kept["stdout"])

    @property
    def stderr(self) -> bytes:
        """All that it printed on stderr so far, as for stdout."""
        with self._changed:
            return bytes(self._kept["stderr"])

    @property
    def output(self) -> list[Output]:
        """Both outputs in the order in which they came."""
        with self._changed:
            return list(self._outputs)

    def send(self, data: bytes, *, closes: bool = False) -> None:
        """Give it input. Does not wait for it to be read; what an ended program gets is lost."""
        self.host.ask(
            "send",
            timeout_s=REQUEST_TIMEOUT_S,
            program=self.number,
            data=pack(data),
            closes=closes,
        )

    def post(self, data: bytes) -> None:
        """Give a program of ours input, which it is known to read."""
        self.host.post("send", program=self.number, data=pack(data), closes=False)

    def close_stdin(self) -> None:
        """End its input, after all that was sent."""
        self.send(b"", closes=True)

    def signal(self, signum: int) -> None:
        """Signal it and its children, as Ctrl-C in a terminal does; nothing if it has ended."""
        name = signal.Signals(signum).name
        self.host.steps.add(self.host.name, SIGNALS.fill(name=name, program=" ".join(self.argv)))
        self.host.ask(
            "signal", timeout_s=REQUEST_TIMEOUT_S, program=self.number, signum=int(signum)
        )

    def wait(self, timeout_s: float) -> int | None:
        """Wait for its end; give its exit status, or None if it still runs then."""
        self.wait_for(lambda: not self.is_running, timeout_s)
        return self.exit_status

    def wait_for_output(
        self,
        wanted: bytes | Callable[[bytes], bool],
        timeout_s: float,
        *,
        stream: Literal["stdout", "stderr"] = "stdout",
    ) -> bool:
        """Wait until it has printed these bytes, or a condition on all it printed holds.

        False when time is over, or it ended without.
        """
        kept = self._kept[stream]

        def has_come() -> bool:
            return wanted in kept if isinstance(wanted, bytes) else wanted(bytes(kept))

        self.wait_for(lambda: has_come() or not self.is_running, timeout_s)
        with self._changed:
            return has_come()

    def wait_for(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until a condition on this program holds; tell whether it does.

        The wait is cut to what is left of the check. Raises CheckFailed if nothing is left, or if
        the program took its whole container with it.
        """
        timeout_s = self.host.steps.deadline.clip(timeout_s)
        with self._changed:
            held = self._changed.wait_for(condition, timeout_s)
        if self._is_lost:
            raise self.host.lost()
        return held


SIGNALS = Text("sends {name} to {program}", "向 {program} 发送 {name}")
