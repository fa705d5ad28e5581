"""Gradings of many programs, which run while other tests do: they wait for hosts and peers."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore, get_ident
from typing import Any

from acceptance.compose import ROOT, labs
from acceptance.grading import Grading, open_grading
from acceptance.printing import text_of
from acceptance.variants import lay_out
from grader.result_json import read_json

LIMIT_S = 180
AT_ONCE = 2  # beside the tests that run meanwhile
ALONE = 3  # more at once when nothing else runs any more: much of a grading is waiting


@dataclass(frozen=True)
class Programs:
    """A folder of programs for a lab; what it does not hold is the reference's."""

    lab: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.lab}-{self.folder.name}"


REFERENCES = [Programs(lab.name, lab / "reference") for lab in labs(ROOT)]
STARTERS = [Programs(lab.name, lab / "programs") for lab in labs(ROOT)]

Graded = tuple[Mapping[str, Any], str]  # the report as data and as text
Grader = Callable[[Programs], Graded]


@contextmanager
def submission_of(programs: Programs) -> Iterator[Path]:
    """The reference with the files of a folder over it, in a folder of that name."""
    with tempfile.TemporaryDirectory() as scratch:
        submission = Path(scratch, programs.folder.name)
        lay_out(programs.lab, programs.folder, submission)
        yield submission


def type_grade(programs: Programs) -> Graded:
    """Type scripts/grade."""
    with submission_of(programs) as submission:
        document = submission.parent / "report.json"
        command = ["scripts/grade", programs.lab, "--submission", str(submission)]
        graded = subprocess.run(
            [*command, "--seed", "1", "--lang", "en", "--json", str(document)],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert graded.returncode in (0, 1), graded.stdout + graded.stderr
        report = json.loads(document.read_text(encoding="utf-8"))
        text = text_of(read_json(report), submission)
        return report, text.replace(str(submission), programs.folder.name)


class Gradings:
    """Gradings that run ahead of the tests that ask for them, some at a time, in their order.

    Each thread keeps the sandbox of a lab warm until it comes to the next lab.
    """

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        self._running: dict[Programs, Future[Graded]] = {}
        self._executor = ThreadPoolExecutor(AT_ONCE + ALONE)
        self._places = Semaphore(AT_ONCE)
        self._is_alone = False
        self._warm: dict[int, tuple[str, Grading, ExitStack]] = {}  # by thread

    def of(self, programs: Programs) -> Future[Graded]:
        """Start a grading, or give the one that was started before."""
        if programs not in self._running:
            self._running[programs] = self._executor.submit(self._grade, programs)
        return self._running[programs]

    def go_alone(self) -> None:
        """Grade more at once: nothing else runs any more."""
        if not self._is_alone:
            self._is_alone = True
            self._places.release(ALONE)

    def again(self, programs: Programs) -> Future[Graded]:
        """Grade once more."""
        return self._executor.submit(self._grade, programs)

    def close(self) -> None:
        """Drop what nobody asks for any more, wait for what runs, close the sandboxes."""
        self._executor.shutdown(cancel_futures=True)
        with ExitStack() as all_of_them:
            all_of_them.callback(self._scratch.cleanup)
            for _, _, sandbox in self._warm.values():
                all_of_them.push(sandbox)

    def _grade(self, programs: Programs) -> Graded:
        with self._places:
            if programs in (*STARTERS, *REFERENCES):  # as a student types it
                return type_grade(programs)
            with submission_of(programs) as submission:
                report = self._sandbox(programs.lab).grade(submission).document
                return report, str(report["text"]).replace(str(submission), programs.folder.name)

    def _sandbox(self, lab: str) -> Grading:
        thread = get_ident()
        if thread not in self._warm or self._warm[thread][0] != lab:
            if thread in self._warm:
                self._warm.pop(thread)[2].close()
            folder = Path(self._scratch.name, f"{lab}-{thread}")
            folder.mkdir()
            sandbox = ExitStack()
            sandbox.callback(folder.rmdir)
            grading = sandbox.enter_context(open_grading(folder, lab=lab))
            self._warm[thread] = lab, grading, sandbox
        return self._warm[thread][1]
