"""What the fork server forks is a child to us: its status is told, its end kills nobody else."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

import pytest

from grader.classroom import fork_server
from grader.classroom.fork_server import UNKNOWN, Forked, ForkServer, last_words
from grader.classroom.work import NotGraded
from grader.classroom.workers import Graders

MODULE = "unit.classroom.fake_forked"
WITHIN_S = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with closing(ForkServer(module=MODULE)) as server:
        yield server


@dataclass
class Child:
    """A forked process, our end of its connection, and what it writes to stderr."""

    process: Forked
    connection: Connection
    errors: IO[bytes]

    def is_told(self, what: bytes) -> Child:
        self.connection.send_bytes(what)
        return self

    def is_up(self) -> Child:
        self.is_told(b"answers")
        assert self.connection.recv_bytes() == b"here"
        return self


Fork = Callable[[ForkServer], Child]


@pytest.fixture
def fork() -> Iterator[Fork]:
    with ExitStack() as stack:

        def fork(server: ForkServer) -> Child:
            errors = stack.enter_context(tempfile.TemporaryFile())
            ours, theirs = Pipe()
            stack.enter_context(ours)
            with closing(theirs):
                return Child(server.fork(theirs, errors), ours, errors)

        yield fork


@pytest.mark.parametrize(("told", "status"), [(b"returns", 0), (b"exits", 3), (b"raises", 1)])
def test_its_status_is_told(server: ForkServer, fork: Fork, told: bytes, status: int) -> None:
    child = fork(server).is_told(told)
    assert child.process.wait(WITHIN_S) == status
    assert child.process.wait() == child.process.returncode == status
    child.process.kill()  # nobody else by now
    assert ("ValueError: last words" in last_words(child.errors)) == (told == b"raises")


def test_one_that_is_killed(server: ForkServer, fork: Fork) -> None:
    child = fork(server).is_up()
    with pytest.raises(TimeoutError):
        child.process.wait(0)
    child.process.kill()
    assert child.process.wait(WITHIN_S) == -signal.SIGKILL
    with pytest.raises(EOFError):
        child.connection.recv_bytes()


def test_each_has_its_own_connection_alone(server: ForkServer, fork: Fork) -> None:
    first, second = fork(server).is_up(), fork(server).is_up()
    first.connection.close()
    assert first.process.wait(WITHIN_S) == 0
    with pytest.raises(TimeoutError):
        second.process.wait(0)
    second.connection.close()
    assert second.process.wait(WITHIN_S) == 0


def test_a_status_that_nobody_could_tell(server: ForkServer, fork: Fork) -> None:
    child = fork(server).is_up()
    stat = Path(f"/proc/{child.process.pid}/stat").read_text()
    os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGKILL)
    assert child.process.wait(WITHIN_S) == UNKNOWN


def test_a_server_that_is_killed_is_replaced_and_its_processes_go_on(
    monkeypatch: pytest.MonkeyPatch, fork: Fork
) -> None:
    servers: list[ForkServer] = []

    def start() -> ForkServer:
        servers.append(ForkServer(module=MODULE if servers else "no_such_module"))
        return servers[-1]

    monkeypatch.setattr(fork_server, "start", start)
    graders = Graders("a run")
    graders.setup(None)  # type: ignore[arg-type]
    with pytest.raises(NotGraded) as caught:
        graders.take()
    assert caught.value.text.zh == "无法启动为它评分的进程"
    assert "ModuleNotFoundError" in caught.value.log
    graders.take()
    child = fork(servers[1]).is_up()
    servers[1]._process.kill()
    servers[1]._process.wait()
    graders.take()
    assert len(servers) == 3
    child.connection.close()
    assert child.process.wait(WITHIN_S) == 0
    asyncio.run(graders.teardown(None))  # type: ignore[arg-type]
    assert not servers[2].is_alive
