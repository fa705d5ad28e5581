"""What runs on a Dask worker: a submission goes to a grading process that the worker keeps."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from grader.classroom import fork_server
from grader.classroom.process import GradingProcess
from grader.classroom.work import Graded, NotGraded, Work
from grader.errors import GraderError, UsageError
from grader.grading import PROJECT
from grader.language import Text
from grader.topology import read_compose

TOLD_EVERY_S = 0.5  # of a submission, for who watches; an event costs Dask milliseconds


class Graders(WorkerPlugin):
    """The grading processes of a worker: one for each of its threads that has been used."""

    def __init__(self, name: str) -> None:
        """`name` is new for each run, as are the topic of its progress and its processes."""
        self.name = name

    def setup(self, worker: Worker) -> None:
        """Begin with none; also called on workers that come later."""
        self.idle: deque[GradingProcess] = deque()
        self.all: list[GradingProcess] = []
        self.is_closed = False
        self._server: fork_server.ForkServer | None = None
        self._compose: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    async def teardown(self, worker: Worker) -> None:
        """End them all and wait until the engine has nothing of them."""
        self.is_closed = True
        loop = asyncio.get_running_loop()
        closings = [loop.run_in_executor(None, process.close) for process in self.all]
        await asyncio.gather(*closings, return_exceptions=True)
        if self._server:
            self._server.close()

    def take(self) -> GradingProcess:
        """Give one that is not in use."""
        if self.is_closed:
            raise NotGraded("the worker is closing", "worker 正在关闭")
        try:
            return self.idle.pop()
        except IndexError:
            pass
        try:
            process = GradingProcess(self._fork_server(), place=socket.gethostname())
        except OSError as problem:
            raise NotGraded(NOT_FORKED.en, NOT_FORKED.zh, str(problem)) from None
        self.all.append(process)
        return process

    def _fork_server(self) -> fork_server.ForkServer:
        """Give what forks grading processes: the same one for as long as it lives."""
        with self._lock:
            if self._server and not self._server.is_alive:
                self._server.close()
                self._server = None
            self._server = self._server or fork_server.start()
            return self._server

    def compose(self, lab: str) -> Mapping[str, Any]:
        """Give what Compose says of a lab; it is asked once for all processes. Raises NotGraded."""
        with self._lock:
            if lab not in self._compose:
                try:
                    self._compose[lab] = read_compose(PROJECT, lab)
                except (GraderError, UsageError) as problem:
                    raise NotGraded(problem.text.en, problem.text.zh) from None
            return self._compose[lab]

    def drop(self, process: GradingProcess) -> None:
        """End one that has failed."""
        process.close()
        if process in self.all:
            self.all.remove(process)


def grade_on_worker(work: Work, run: str) -> Graded:
    """Grade a submission on the worker that this is called on; `run` names its Graders.

    Raises NotGraded.
    """
    worker = get_worker()
    graders = worker.plugins[run]
    assert isinstance(graders, Graders)

    told_s = -TOLD_EVERY_S

    def on_check(answer: dict[str, Any]) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= TOLD_EVERY_S:
            told_s = time.monotonic()
            worker.log_event(run, {**answer, "student": work.student})

    on_check({"check": "", "title": {}, "index": 0, "total": 0})
    process = graders.take()
    try:
        graded = process.grade(replace(work, compose=graders.compose(work.lab)), on_check)
    except BaseException:
        graders.drop(process)
        raise
    graders.idle.append(process)
    return graded


NOT_FORKED = Text("no process could be started to grade it", "无法启动为它评分的进程")
