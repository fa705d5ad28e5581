"""Forks grading processes from one that has imported all they need, both sides of it.

To import pytest, docker and the rest costs half a second of a core, a fork some milliseconds.
multiprocessing has such a server, too, but starts nothing for the worker of a Dask nanny, which it
knows as a daemon. Each grading process has a parent of its own that waits for its end.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import IO

from grader.grading import PROJECT, TESTS

GRADING = "grader.classroom.grading_process"
LAST_WORDS = 2000
UNKNOWN = 255  # what told the status was killed itself
_ENVIRONMENT = {
    "PYTHONPATH": f"{TESTS}:{PROJECT / 'images' / 'wire'}",
    # Threads come and go with each submission; glibc keeps free memory for 16 of them (mallopt(3)).
    "MALLOC_ARENA_MAX": "2",
    # To ask macOS for its proxies ends a process that was forked; no engine is behind one.
    "no_proxy": "*",
}


class ForkServer:
    """The server, from the side that asks it. Any thread may."""

    def __init__(self, *, module: str = GRADING) -> None:
        """Start one that imports `module`; its main() is called with a connection."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        self._socket, theirs = socket.socketpair()
        with closing(theirs):
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-W", "ignore", "-m", "grader.classroom.fork_server"),
                    *(module, str(theirs.fileno())),
                ],
                env=os.environ | _ENVIRONMENT,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,  # Ctrl-C in our terminal is for us
            )

    @property
    def is_alive(self) -> bool:
        """Does it still run?"""
        return self._process.poll() is None

    def fork(self, connection: Connection, errors: IO[bytes]) -> Forked:
        """Fork a process that has this connection; its stderr is `errors`.

        Raises OSError with the last words of a server that has ended.
        """
        status, theirs = Pipe(duplex=False)
        try:
            with closing(theirs):
                fds = [connection.fileno(), errors.fileno(), theirs.fileno()]
                socket.send_fds(self._socket, [b"f"], fds)
            return Forked(status)
        except (OSError, EOFError):
            status.close()
            raise OSError(last_words(self._errors)) from None

    def close(self) -> None:
        """End it; what it has forked ends with its own connection."""
        self._socket.close()
        self._process.wait()
        self._errors.close()


_early: list[ForkServer] = []


def start_early() -> None:
    """Start one for the first that needs it here: it imports while this process imports Dask."""
    _early.append(ForkServer())


def start() -> ForkServer:
    """Give one that was started early, or start one."""
    return _early.pop() if _early else ForkServer()


class Forked:
    """A forked process, as Popen has it. Raises EOFError if none was forked."""

    def __init__(self, status: Connection) -> None:
        self._status = status
        self.pid = int(status.recv_bytes())
        self.returncode: int | None = None

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait for its end; gives the exit status, or less than 0 for a signal.

        Raises TimeoutError.
        """
        if self.returncode is None:
            if not self._status.poll(timeout_s):
                raise TimeoutError
            self.returncode = UNKNOWN
            with suppress(EOFError, OSError):
                self.returncode = int(self._status.recv_bytes())
            self._status.close()
        return self.returncode

    def kill(self) -> None:
        """Kill it, if it still runs."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def last_words(errors: IO[bytes]) -> str:
    """Give the end of what a process has written to this file."""
    end = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, end - LAST_WORDS))
    return errors.read().decode(errors="backslashreplace")


def main() -> None:
    """Serve; in each process that is forked, be the module."""
    module = importlib.import_module(sys.argv[1])
    os.dup2(2, 1)  # whatever prints, it is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if connection := _serve(socket.socket(fileno=int(sys.argv[2]))):
        module.main(connection)


def _serve(asking: socket.socket) -> Connection | None:
    """Fork until the other side has gone; gives, in each forked process, its connection."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # else those that wait would stay as zombies
    gc.collect()
    gc.freeze()  # what is there now stays, and stays shared
    while True:
        asked, fds, _, _ = socket.recv_fds(asking, 1, 3)
        if not asked:
            return None
        connection, errors, status = fds
        if os.fork() == 0:
            asking.close()
            for output in (1, 2):
                os.dup2(errors, output)
            os.close(errors)
            if _is_forked(connection, status):
                return Connection(connection)
        for fd in fds:
            os.close(fd)


def _is_forked(connection: int, status: int) -> bool:
    """Fork once more: true in the one that has the connection; the other tells how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(status)
        return True
    os.close(connection)  # else nobody would see that it has ended
    with suppress(OSError):  # nobody asks any more
        tells = Connection(status, readable=False)
        tells.send_bytes(b"%d" % pid)
        _, ended = os.waitpid(pid, 0)
        tells.send_bytes(b"%d" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


if __name__ == "__main__":
    main()
