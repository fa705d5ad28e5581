"""Starts a grading process, asks it to grade, and ends it; the other side of grading_process.py."""

from __future__ import annotations

import hashlib
import json
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from grader.classroom.fork_server import ForkServer, last_words
from grader.classroom.hidden import unpack_hidden
from grader.classroom.work import Graded, NotGraded, Work
from grader.cleaning import clean
from grader.engine import connect
from grader.errors import GraderError
from grader.language import Text, same
from grader.result import Report
from grader.result_json import as_json, read_check

POLITE_S = 20.0  # to remove two hosts, the peer and the network


class GradingProcess:
    """One process with a warm sandbox. Not for several threads at a time."""

    def __init__(self, server: ForkServer, *, place: str) -> None:
        """`place` names the worker, for the gradebook. Raises OSError, see ForkServer.fork()."""
        self._place = place
        self._run_id = ""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._connection, theirs = Pipe()
        with closing(theirs):
            try:
                self._process = server.fork(theirs, self._errors)
            except OSError:
                self._errors.close()
                self._connection.close()
                raise
        self._scratch = tempfile.TemporaryDirectory(prefix="socklab-hidden-")

    @property
    def pid(self) -> int:
        """The number of the process, for a test that kills it."""
        return self._process.pid

    def grade(self, work: Work, on_check: Callable[[dict[str, Any]], None]) -> Graded:
        """Grade one submission. Raises NotGraded; this process is to be closed then."""
        begun = time.monotonic()
        at = Text("the start", "启动")
        progress = _Progress(work)
        request = work.as_request(hidden=self._unpacked(work.hidden))
        try:
            self._connection.send_bytes(json.dumps(request).encode())
            self._connection.send_bytes(work.archive)
            while self._connection.poll(max(0.0, begun + work.limit_s - time.monotonic())):
                answer = json.loads(self._connection.recv_bytes())
                if "run" in answer:
                    self._run_id = answer["run"]
                elif "check" in answer:
                    at = same(answer["check"])
                    on_check(answer)
                elif "plan" in answer or "done" in answer:
                    progress.note(answer)
                elif "failed" in answer:
                    failed = answer["failed"]
                    log = answer["log"]
                    raise NotGraded(failed["en"], failed["zh"], log, progress.document())
                else:
                    document = json.dumps(answer["report"], ensure_ascii=False).encode()
                    taken_s = time.monotonic() - begun
                    return Graded(document, answer["log"], self._place, taken_s)
        except (EOFError, OSError):
            died = DIED.fill(at=at, status=self._status())
            words = last_words(self._errors)
            raise NotGraded(died.en, died.zh, words, progress.document()) from None
        over = OVER_LIMIT.fill(limit=work.limit_s, at=at)
        raise NotGraded(over.en, over.zh, partial=progress.document())

    def close(self) -> None:
        """End it, politely if it can: nothing of it stays in the engine. May be called twice."""
        self._connection.close()
        try:
            self._process.wait(POLITE_S)
        except TimeoutError:
            self._process.kill()
            self._process.wait()
        if self._process.returncode and self._run_id:
            with suppress(GraderError), closing(connect()) as engine:
                clean(engine, everything=True, run_id=self._run_id)
            self._run_id = ""
        self._errors.close()
        self._scratch.cleanup()

    def _unpacked(self, hidden: bytes) -> str:
        """Give the folder that hidden checks lie in, which nobody else can read."""
        if not hidden:
            return ""
        folder = Path(self._scratch.name, hashlib.sha256(hidden).hexdigest()[:12])
        if not folder.exists():
            unpack_hidden(hidden, folder)
        return str(folder)

    def _status(self) -> str:
        with suppress(TimeoutError):
            status = self._process.wait(POLITE_S)
            with suppress(ValueError):
                return signal.Signals(-status).name
            return str(status)
        return "?"


class _Progress:
    """What a grading process has told of a submission so far."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._checks: dict[str, dict[str, Any]] = {}  # as JSON, as only few are ever read
        self._is_any_over = False

    def note(self, answer: Mapping[str, Any]) -> None:
        """Take in all checks, or one that is over."""
        self._is_any_over |= "done" in answer
        for plain in answer.get("plan") or [answer["done"]]:
            self._checks[plain["name"]] = plain

    def document(self) -> bytes:
        """Give the report as JSON as far as it came; nothing if no check was over."""
        if not self._is_any_over:
            return b""
        work, checks = self._work, tuple(read_check(each) for each in self._checks.values())
        report = Report(work.lab, work.student, work.seed, checks, work.notes, len(checks))
        return json.dumps(as_json(report), ensure_ascii=False).encode()


DIED = Text(
    "the process that graded it ended at {at} ({status})",
    "为它评分的进程在 {at} 时终止（{status}）",
)
OVER_LIMIT = Text(
    "it was not over after {limit:g} s; it was at {at}. More time: --limit SECONDS",
    "{limit:g} 秒后仍未结束，停在 {at}。要给更多时间请加：--limit 秒数",
)
