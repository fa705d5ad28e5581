"""Runs other programs: short questions, and long work whose output goes to the log."""

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from machine import text
from machine.errors import SetupError
from machine.text import Text

QUESTION_S = 10.0
SILENCE_S = 600.0  # a slow link may take minutes over one package; a dead one never says a word
GRACE_S = 10.0


@dataclass(frozen=True)
class Answer:
    """What a short command printed; status 127: not found, 124: no end within the limit."""

    status: int
    out: str
    err: str


def answer(*command: str, limit_s: float = QUESTION_S) -> Answer:
    """Run a command that only asks; never raises for what the command does."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(status=124, out="", err=f"no answer in {limit_s:.0f} s")
    except OSError as problem:
        return Answer(status=127, out="", err=str(problem))
    return Answer(status=done.returncode, out=done.stdout.strip(), err=done.stderr.strip())


@dataclass(frozen=True)
class Log:
    """The file that long commands write to.

    Its lock is the lock of the set-up. Commands inherit it with the file, so that the next set-up
    also waits for what a killed one left running.
    """

    path: Path
    file: BinaryIO

    @classmethod
    def open(cls, path: Path, *, on_wait: Callable[[], None]) -> "Log":
        """Open and empty the log once no other set-up holds it."""
        path.parent.mkdir(exist_ok=True)
        file = path.open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        log = cls(path=path, file=file)
        shutil.rmtree(log.scratch, ignore_errors=True)  # of a set-up that was killed
        return log

    @property
    def scratch(self) -> Path:
        """Return the folder for files that are not needed after the run; it may not exist yet."""
        return self.path.parent / "scratch"

    def run(
        self,
        *command: str,
        failure: Text,
        commands: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        first_output_s: float = SILENCE_S,
        **values: object,
    ) -> str:
        """Run a long command to its end and return what it printed.

        Raises SetupError saying `failure` when it fails, prints nothing for `first_output_s`, or
        later falls silent for SILENCE_S. It is stopped, with its children, if we are.
        """
        self.file.write(f"$ {' '.join(command)}\n".encode())
        start = self._size()
        try:
            process = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=self.file,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        except FileNotFoundError as problem:
            self.file.write(f"{problem}\n".encode())
            status = 127
        else:
            try:
                status = self._wait(process, start, first_output_s)
            finally:
                stop(process)
        output = self._since(start)
        if status != 0:
            is_full = "no space left on device" in output.lower() or not _has_room(self.path.parent)
            raise SetupError(
                text.DISK_FULL if is_full else failure,
                commands=["df -h"] if is_full else commands,
                quote=quoted(output) or f"status {status}",
                log=str(self.path),
                command=command[0],
                **values,
            )
        return output

    def latest(self) -> str:
        """Return the last whole line that the running command printed."""
        end = self._size()
        with self.path.open("rb") as file:
            file.seek(max(0, end - 400))
            lines = file.read().decode(errors="replace").splitlines()
        line = lines[-1] if lines else ""
        return "" if line.startswith("$ ") else line.strip()

    def _wait(self, process: "subprocess.Popen[bytes]", start: int, first_output_s: float) -> int:
        size, changed_s = start, time.monotonic()
        while True:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                if self._size() != size:
                    size, changed_s = self._size(), time.monotonic()
            silent_s = time.monotonic() - changed_s
            if silent_s > (first_output_s if size == start else SILENCE_S):
                self.file.write(f"nothing happened for {silent_s:.0f} s, stopped\n".encode())
                return 124

    def _size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def _since(self, start: int) -> str:
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a command of its own session with all its children, gently first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            continue


def quoted(output: str) -> str:
    """Return the last lines of a tool's output, long ones cut."""
    return "\n".join(line[:200] for line in output.splitlines()[-8:])


def is_disk_full(problem: OSError) -> bool:
    """Did this write fail for want of room (or of quota)?"""
    return problem.errno in (errno.ENOSPC, errno.EDQUOT)


def _has_room(folder: Path) -> bool:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize > 1_000_000
