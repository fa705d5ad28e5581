"""Grades one submission after another in a sandbox that it keeps: the process beside a worker.

A process of its own, as checks run in its main thread, where a check that hangs can be ended. It is
forked for `process.py` and speaks through one connection: a request as JSON, then the archive;
answered by {"plan": …} with all checks, {"check": …} for each that begins and {"done": …} for each
that is over, then {"report": …} or {"failed": …}.
It ends when the other side does, whatever it is doing, and leaves nothing in the engine.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader import packets, plugin  # noqa: F401 - imported once, before it is forked
from grader.checks import Check
from grader.classroom.hidden import pack_hidden
from grader.classroom.version import checks_version
from grader.errors import GraderError, UsageError
from grader.grading import Lab, find_lab, grade
from grader.language import Text, read_text
from grader.peer import Peer, open_peer
from grader.personal import read_values
from grader.ports import ports_of
from grader.result import CheckResult, Report, our_fault
from grader.result_json import as_json, check_as_json
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.seed import Seed
from grader.stage import open_stage
from grader.submission import Submission
from grader.topology import parse_topology

IDLE_S = 1.0  # then the sandbox is closed, while others still grade: the next comes in milliseconds
LAST_S = 0.1  # the same, where nothing more is expected
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
        self._peer: Peer | None = None
        self._used = 0

    def sandbox(self, lab: str, compose: Mapping[str, Any], tell: Any) -> Sandbox:
        """Give the open sandbox of a lab."""
        if self._sandbox and (self._sandbox.topology.lab != lab or self._used >= SUBMISSIONS):
            self.close()
        if self._sandbox is None:
            run_id = new_run_id()
            tell({"run": run_id})
            topology = parse_topology(lab, compose)
            self._sandbox = self._stack.enter_context(
                open_sandbox(topology, run_id=run_id, keeps_networks=True)
            )
        self._used += 1
        return self._sandbox

    def peer(self) -> Peer:
        """Give the peer in the open sandbox; every check begins with none of its sockets."""
        assert self._sandbox
        if self._peer is None:
            self._peer = self._stack.enter_context(open_peer(self._sandbox.peer))
        return self._peer

    def close(self) -> None:
        """Remove all of the sandbox. Raises GraderError."""
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # half of it would stay
        try:
            self._sandbox, self._peer, self._used = None, None, 0
            self._stack.close()
        finally:
            signal.signal(signal.SIGTERM, before)


def main(connection: Connection) -> None:
    """Answer until the other side has gone."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, requests), daemon=True).start()
    keeper = Keeper()
    idle_s = IDLE_S

    def tell(answer: dict[str, Any]) -> None:
        connection.send_bytes(json.dumps(answer, ensure_ascii=False).encode())

    try:
        while True:
            try:
                request = requests.get(timeout=idle_s)
            except queue.Empty:
                keeper.close()
                request = requests.get()
            if request is None:
                break
            idle_s = IDLE_S if request[0]["has_next"] else LAST_S
            tell(_answer(request, keeper, tell))
    except (KeyboardInterrupt, BrokenPipeError, ConnectionError):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    finally:
        keeper.close()


def _receive(connection: Connection, requests: queue.SimpleQueue[Request | None]) -> None:
    """Take requests in; when the other side has gone, end what the main thread does.

    None is the end for a main thread that was just closing a sandbox, which nothing may interrupt.
    """
    try:
        while True:
            requests.put((json.loads(connection.recv_bytes()), connection.recv_bytes()))
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
        requests.put(None)


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

    def on_plan(checks: Sequence[Check]) -> None:
        tell({"plan": [check_as_json(_not_over(check)) for check in checks]})

    def on_end(result: CheckResult) -> None:
        tell({"done": check_as_json(result)})

    def on_start(check: Check, index: int, total: int) -> None:
        tell({"check": check.name, "title": vars(check.title), "index": index, "total": total})

    sandbox = keeper.sandbox(lab.name, fields["compose"], tell)
    ports = ports_of(fields["number"])
    with open_stage(sandbox, submission, peer=keeper.peer, ports=ports) as stage:
        if fields["has_next"]:
            sandbox.prepare()  # they start while these are graded
        return grade(
            lab,
            submission,
            lambda: stage,
            seed=Seed(fields["seed"]),
            personal=read_values(fields["personal"]) if fields["personal"] else None,
            ports=ports,
            log=notes,
            on_plan=on_plan,
            on_start=on_start,
            on_end=on_end,
        )


@cache
def _lab(name: str, hidden: str) -> tuple[Lab, str]:
    folder = Path(hidden) if hidden else None
    lab = find_lab(name, hidden=folder)
    return lab, checks_version(lab, pack_hidden(folder) if folder else b"")


def _not_over(check: Check) -> CheckResult:
    """Give the result of a check that the grading does not come to."""
    return CheckResult(
        check.name, check.title, check.points, "error", error=NOT_OVER, hidden=check.hidden
    )


NOT_OVER = Text("the grading ended before this check was over", "这项检查完成之前，评分就中断了")
OTHER_CHECKS = Text(
    "this worker has other checks ({here}) than the machine that grades the class ({wanted})."
    " Update its copy of the project",
    "这个 worker 上的检查（{here}）与主机上的（{wanted}）不同。请更新它的项目副本",
)
