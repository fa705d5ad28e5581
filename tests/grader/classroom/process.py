"""Starts a grading process, asks it to grade, and ends it; the other side of grading_process.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing import Pipe
from typing import Any

from grader.classroom.work import Graded, NotGraded, Work
from grader.cleaning import clean
from grader.engine import connect
from grader.errors import GraderError
from grader.grading import PROJECT, TESTS
from grader.language import Text, same

MODULE = "grader.classroom.grading_process"
POLITE_S = 20.0  # to remove two hosts, the peer and the network
LAST_WORDS = 2000


class GradingProcess:
    """One process with a warm sandbox. Not for several threads at a time."""

    def __init__(self, *, place: str, module: str = MODULE) -> None:
        """`place` names the worker, for the gradebook."""
        self._place = place
        self._run_id = ""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._connection, theirs = Pipe()
        with closing(theirs):
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-W", "ignore", "-m"),
                    module,
                    str(theirs.fileno()),
                ],
                env=os.environ | {"PYTHONPATH": f"{TESTS}:{PROJECT / 'images' / 'wire'}"},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,  # Ctrl-C in our terminal is for us
            )

    @property
    def pid(self) -> int:
        """The number of the process, for a test that kills it."""
        return self._process.pid

    def grade(self, work: Work, on_check: Callable[[dict[str, Any]], None]) -> Graded:
        """Grade one submission. Raises NotGraded; this process is to be closed then."""
        begun = time.monotonic()
        at = Text("the start", "启动")
        try:
            self._connection.send_bytes(json.dumps(work.as_request()).encode())
            self._connection.send_bytes(work.archive)
            while self._connection.poll(max(0.0, begun + work.limit_s - time.monotonic())):
                answer = json.loads(self._connection.recv_bytes())
                if "run" in answer:
                    self._run_id = answer["run"]
                elif "check" in answer:
                    at = same(answer["check"])
                    on_check(answer)
                elif "failed" in answer:
                    failed = answer["failed"]
                    raise NotGraded(failed["en"], failed["zh"], answer["log"])
                else:
                    document = json.dumps(answer["report"], ensure_ascii=False).encode()
                    taken_s = time.monotonic() - begun
                    return Graded(document, answer["log"], self._place, taken_s)
        except (EOFError, OSError):
            died = DIED.fill(at=at, status=self._status())
            raise NotGraded(died.en, died.zh, self._last_words()) from None
        over = OVER_LIMIT.fill(limit=work.limit_s, at=at)
        raise NotGraded(over.en, over.zh)

    def close(self) -> None:
        """End it, politely if it can: nothing of it stays in the engine. May be called twice."""
        self._connection.close()
        try:
            self._process.wait(POLITE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode and self._run_id:
            with suppress(GraderError), closing(connect()) as engine:
                clean(engine, everything=True, run_id=self._run_id)
            self._run_id = ""
        self._errors.close()

    def _status(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            status = self._process.wait(POLITE_S)
            with suppress(ValueError):
                return signal.Signals(-status).name
            return str(status)
        return "?"

    def _last_words(self) -> str:
        end = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, end - LAST_WORDS))
        return self._errors.read().decode(errors="backslashreplace")


DIED = Text(
    "the process that graded it ended at {at} ({status})",
    "为它评分的进程在 {at} 时终止（{status}）",
)
OVER_LIMIT = Text(
    "it was not over after {limit:g} s; it was at {at}", "{limit:g} 秒后仍未结束，停在 {at}"
)
