"""A terminal in which one command runs, as a person sits before it: it reads, types, waits."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from acceptance.screen import shown

CTRL_C, CTRL_D = "\x03", "\x04"
LIMIT_S = 120.0
ROWS, COLUMNS = 24, 80
# Gives the command a controlling terminal, so that Ctrl-C reaches it as SIGINT, and becomes it.
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """The command runs from the beginning to the end of a `with` block; the end kills it.

    What it prints is read at once, whether anybody asks or not: a full terminal would stop it, and
    the container whose output it shows.
    """

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.command = tuple(command)
        self._folder = folder
        self._environment = {**environment, "TERM": "xterm"}
        self._raw = b""
        self._changed = threading.Condition()
        self._is_left = False

    def __enter__(self) -> Self:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *self.command],
            cwd=self._folder,
            env=self._environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._is_left = True
        self._reader.join()
        os.close(self._master)

    @property
    def output(self) -> str:
        """Everything shown so far, without colours."""
        self._take()
        return shown(self._raw.decode(errors="replace"))

    @property
    def status(self) -> int | None:
        """The command's exit status; None while it runs, negative for a signal."""
        return self._process.poll()

    def type(self, text: str) -> None:
        """Type text; "\\n" is the Enter key."""
        os.write(self._master, text.replace("\n", "\r").encode())

    def wait_for(self, pattern: str, *, limit_s: float = LIMIT_S) -> re.Match[str]:
        """Wait until the output holds a match; raises AssertionError with all that was shown."""
        end = time.monotonic() + limit_s
        while True:
            has_ended = self.status is not None  # asked first: what it wrote at its end counts
            if found := re.search(pattern, self.output, re.MULTILINE):
                return found
            assert not has_ended, f"ended without {pattern!r}: {self.output}"
            assert time.monotonic() < end, f"no {pattern!r} in {limit_s} s: {self.output}"
            self._wait_for_more(within_s=0.1)

    def wait_for_container(self) -> None:
        """Wait until `docker exec` has handed the keys over: what is typed earlier shows twice."""
        end = time.monotonic() + LIMIT_S
        while termios.tcgetattr(self._master)[3] & termios.ICANON:
            assert self.status is None, f"ended early: {self.output}"
            assert time.monotonic() < end, f"no raw terminal in {LIMIT_S} s: {self.output}"
            self._wait_for_more(within_s=0.05)

    def wait(self, *, limit_s: float = LIMIT_S) -> int:
        """Wait for the command's end; returns its exit status."""
        end = time.monotonic() + limit_s
        while (status := self.status) is None:
            assert time.monotonic() < end, f"still runs after {limit_s} s: {self.output}"
            self._wait_for_more(within_s=0.1)
        return status

    def _wait_for_more(self, *, within_s: float) -> None:
        with self._changed:
            self._changed.wait(within_s)

    def _read_on(self) -> None:
        while not self._is_left:
            if self._has_more(within_s=0.05) and not self._take():
                time.sleep(0.01)

    def _has_more(self, *, within_s: float) -> bool:
        """Not by select(2), which knows no descriptor above 1023: many tests share a process."""
        watched = select.poll()
        watched.register(self._master, select.POLLIN)
        return bool(watched.poll(within_s * 1000))

    def _take(self) -> bool:
        """Take what is there; False where nobody has the other end open any more: EIO, pty(7)."""
        with self._changed:
            while self._has_more(within_s=0):
                try:
                    self._raw += os.read(self._master, 65536)
                except OSError:
                    return False
                self._changed.notify_all()
        return True
