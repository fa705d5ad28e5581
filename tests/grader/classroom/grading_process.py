"""Grades one submission after another in a sandbox that it keeps: the process beside a worker.

A process of its own, as checks run in its main thread, where a check that hangs can be ended. It is
started by `process.py` and speaks through one connection: a request as JSON, then the archive;
answered by {"check": …} for each check that begins and {"report": …} or {"failed": …} at the end.
It ends when the other side does, whatever it is doing, and leaves nothing in the engine.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import signal
import sys
import threading
import traceback
from contextlib import ExitStack
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader.checks import Check
from grader.classroom.version import checks_version
from grader.errors import GraderError, UsageError
from grader.grading import PROJECT, Lab, find_lab, grade
from grader.language import Text, read_text
from grader.result import Report, our_fault
from grader.result_json import as_json
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.seed import Seed
from grader.stage import open_stage
from grader.submission import Submission
from grader.topology import read_topology

IDLE_S = 30.0  # then the sandbox is closed, until there is more to do
SUBMISSIONS = 200  # in one sandbox; more cost nothing, but what piles up unseen ends here
Request = tuple[dict[str, Any], bytes]


class Notes:
    """Our own tracebacks, for the answer."""

    def __init__(self) -> None:
        self.text = ""

    def note(self, what: str) -> None:
        """Keep it."""
        self.text += what.rstrip() + "\n\n"


class Keeper:
    """Keeps one sandbox open; a new one for another lab, and after a failure of ours."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._sandbox: Sandbox | None = None
        self._used = 0

    def sandbox(self, lab: str, tell: Any) -> Sandbox:
        """Give the open sandbox of a lab."""
        if self._sandbox and (self._sandbox.topology.lab != lab or self._used >= SUBMISSIONS):
            self.close()
        if self._sandbox is None:
            run_id = new_run_id()
            tell({"run": run_id})
            topology = read_topology(PROJECT, lab)
            self._sandbox = self._stack.enter_context(open_sandbox(topology, run_id=run_id))
        self._used += 1
        return self._sandbox

    def close(self) -> None:
        """Remove all of the sandbox. Raises GraderError."""
        self._sandbox, self._used = None, 0
        self._stack.close()


def main() -> None:
    """Answer until the other side has gone."""
    connection = Connection(int(sys.argv[1]))
    os.dup2(2, 1)  # whatever else prints, it is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, requests), daemon=True).start()
    keeper = Keeper()
    gc.freeze()  # what is there now stays: 10 ms less for each submission

    def tell(answer: dict[str, Any]) -> None:
        connection.send_bytes(json.dumps(answer, ensure_ascii=False).encode())

    try:
        while True:
            try:
                request = requests.get(timeout=IDLE_S)
            except queue.Empty:
                keeper.close()
                request = requests.get()
            tell(_answer(request, keeper, tell))
    except (KeyboardInterrupt, BrokenPipeError, ConnectionError):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    finally:
        keeper.close()


def _receive(connection: Connection, requests: queue.SimpleQueue[Request]) -> None:
    """Take requests in; when the other side has gone, end what the main thread does."""
    try:
        while True:
            requests.put((json.loads(connection.recv_bytes()), connection.recv_bytes()))
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


def _answer(request: Request, keeper: Keeper, tell: Any) -> dict[str, Any]:
    notes = Notes()
    try:
        report = _grade(request, keeper, tell, notes)
        if report.is_interrupted:
            raise KeyboardInterrupt
        if report.error and not report.checks:
            raise GraderError(our_fault(report.error))
    except (GraderError, UsageError) as problem:
        failed = problem.text
    except Exception as problem:
        notes.note(traceback.format_exc())
        failed = Text("{kind} in the grader itself", "评分程序自身出现 {kind}").fill(
            kind=type(problem).__name__
        )
    else:
        if not report.is_complete:
            _close(keeper, notes)
        return {"report": as_json(report), "log": notes.text}
    _close(keeper, notes)
    return {"failed": vars(failed), "log": notes.text}


def _close(keeper: Keeper, notes: Notes) -> None:
    try:
        keeper.close()
    except GraderError as problem:
        notes.note(problem.text.en)


def _grade(request: Request, keeper: Keeper, tell: Any, notes: Notes) -> Report:
    fields, archive = request
    lab, version = _lab(fields["lab"], fields["hidden"])
    if version != fields["checks"]:
        raise GraderError(OTHER_CHECKS.fill(here=version, wanted=fields["checks"]))
    submission = Submission(
        fields["student"], archive, notes=tuple(read_text(note) for note in fields["notes"])
    )

    def on_start(check: Check, index: int, total: int) -> None:
        tell({"check": check.name, "title": vars(check.title), "index": index, "total": total})

    sandbox = keeper.sandbox(lab.name, tell)
    with open_stage(sandbox, submission) as stage:
        report = grade(
            lab,
            submission,
            lambda: stage,
            seed=Seed(fields["seed"]),
            log=notes,
            on_start=on_start,
        )
    if fields["has_next"]:
        sandbox.prepare()  # while the result travels
    return report


@cache
def _lab(name: str, hidden: str) -> tuple[Lab, str]:
    lab = find_lab(name, hidden=Path(hidden) if hidden else None)
    return lab, checks_version(lab)


OTHER_CHECKS = Text(
    "this worker has other checks ({here}) than the machine that grades the class ({wanted})."
    " Update its copy of the project",
    "这个 worker 上的检查（{here}）与主机上的（{wanted}）不同。请更新它的项目副本",
)

if __name__ == "__main__":
    main()
