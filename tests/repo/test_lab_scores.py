"""What each lab's programs score: the starter, the reference, correct ones, and each mistake.

A folder under `tests/labN/mistakes` or `correct` holds all programs, or those that differ from the
reference. `report.txt` in a mistake's folder is the report its author has to get, and
`tests/labN/starter.txt` that of an unedited copy. To write these files anew (then read what
changed):

    REWRITE_REPORTS=1 .venv/bin/pytest tests/repo/test_lab_scores.py -k lab1
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest

from acceptance.compose import ROOT, labs
from acceptance.grading import Grading, open_grading

LIMIT_S = 180
AT_ONCE = 2  # a grading also waits, for containers and for its peer

# What differs from run to run: times and dates, the sandbox's network, how much a full buffer held,
# ports that a kernel chose, and whether the end of a program that crashed was FIN or RST.
VARYING = (
    (r"\d+\.\d{3} s", "0.000 s"),
    (r"\b10(\.\d{1,3}){3}\b", "10.0.0.1"),
    (r"\bfd10:[\da-f:]*[\da-f]", "fd10::1"),
    (r"\bport (32[7-9]|3[3-9]\d|[45]\d\d|60\d)\d\d\b", "port 40000"),
    (r'receives \d+ bytes  "you are [^✘]*?(?=\n +(\d\.\d{3} s|✘))', 'receives "you are …'),
    (r"\d{1,3}(,\d{3})+", "N,NNN"),
    (r"(lines received over \d+ connections): \d+", r"\1: N"),
    (r"receives (a reset \(RST\)|the end of the stream \(FIN\))", "receives the end"),
    (r"\b[A-Z][a-z]{2}\s+\d{1,2}\s+\d\d:\d\d:\d\d\s+\d{4}\b", "Jan  1 00:00:00 1970"),
    (r"\b[A-Z][a-z]{2}\s+(?=Jan  1 00:00:00 1970)", "Thu "),
    (r"… \d+ more steps", "… N more steps"),
    # A program that has raised may still be on its way out.
    (r"^ {10}\S+\.py ended with status 1\n(?= {10}\S+\.py line)", ""),
    (r" +$", ""),
)


@dataclass(frozen=True)
class Programs:
    """A folder of programs for a lab; what it does not hold is the reference's."""

    lab: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.lab}-{self.folder.name}"


def folders(kind: str) -> list[Programs]:
    """The folders of `tests/labN/KIND`, lab after lab."""
    return [
        Programs(lab.name, folder)
        for lab in labs(ROOT)
        for folder in sorted((ROOT / "tests" / lab.name / kind).glob("*"))
    ]


REFERENCES = [Programs(lab.name, lab / "reference") for lab in labs(ROOT)]
STARTERS = [Programs(lab.name, lab / "programs") for lab in labs(ROOT)]
CORRECT = folders("correct")
MISTAKES = folders("mistakes")

Graded = tuple[Mapping[str, Any], str]  # the report as data and as text
Grader = Callable[[Programs], Graded]


@contextmanager
def submission_of(programs: Programs) -> Iterator[Path]:
    """The reference with the files of a folder over it, in a folder of that name."""
    with tempfile.TemporaryDirectory() as scratch:
        submission = Path(scratch, programs.folder.name)
        shutil.copytree(ROOT / "labs" / programs.lab / "reference", submission)
        for program in programs.folder.glob("*.py"):
            shutil.copy(program, submission)
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
        return report, graded.stdout.replace(str(submission), programs.folder.name)


class Gradings:
    """Gradings that run ahead of the tests that ask for them, some at a time, in their order.

    Each thread keeps the sandbox of a lab warm until it comes to the next lab.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._running: dict[Programs, Future[Graded]] = {}
        self._executor = ThreadPoolExecutor(AT_ONCE)
        self._warm: dict[int, tuple[str, Grading, ExitStack]] = {}  # by thread

    def of(self, programs: Programs) -> Future[Graded]:
        """Start a grading, or give the one that was started before."""
        if programs not in self._running:
            self._running[programs] = self._executor.submit(self._grade, programs)
        return self._running[programs]

    def close(self) -> None:
        """Drop what nobody asks for any more, wait for what runs, close the sandboxes."""
        self._executor.shutdown(cancel_futures=True)
        with ExitStack() as all_of_them:
            for _, _, sandbox in self._warm.values():
                all_of_them.push(sandbox)

    def _grade(self, programs: Programs) -> Graded:
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
            folder = self._scratch / f"{lab}-{thread}"
            folder.mkdir()
            sandbox = ExitStack()
            sandbox.callback(folder.rmdir)
            grading = sandbox.enter_context(open_grading(folder, lab=lab))
            self._warm[thread] = lab, grading, sandbox
        return self._warm[thread][1]


@pytest.fixture(scope="module")
def graded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Grader]:
    """Give a folder's grading; those of all chosen tests run ahead, some at a time."""
    gradings = Gradings(tmp_path_factory.mktemp("gradings"))
    try:
        for item in request.session.items:
            if item.path == request.path and hasattr(item, "callspec"):
                for programs in item.callspec.params.values():
                    gradings.of(programs)
        yield lambda programs: gradings.of(programs).result()
    finally:
        gradings.close()


def names_of(report: Mapping[str, Any], outcome: str) -> set[str]:
    return {check["name"] for check in report["checks"] if check["outcome"] == outcome}


def without_varying(text: str) -> str:
    for pattern, same in VARYING:
        text = re.sub(pattern, same, text, flags=re.MULTILINE)
    return text


def assert_recorded(text: str, kept: Path) -> None:
    text = without_varying(text)
    if os.environ.get("REWRITE_REPORTS"):
        kept.write_text(text, encoding="utf-8")
    recorded = without_varying(kept.read_text(encoding="utf-8"))
    assert text == recorded, "see the head of this file to accept it"


@pytest.mark.parametrize("programs", [*REFERENCES, *CORRECT], ids=str)
def test_correct_program_has_all_points(programs: Programs, graded: Grader) -> None:
    report, text = graded(programs)
    assert report["earned"] == report["possible"] > 0, text


@pytest.mark.parametrize("programs", STARTERS, ids=str)
def test_starter_gets_its_report(programs: Programs, graded: Grader) -> None:
    report, text = graded(programs)
    assert 0 < report["earned"] < report["possible"], text
    assert_recorded(text, ROOT / "tests" / programs.lab / "starter.txt")


@pytest.mark.parametrize("programs", MISTAKES, ids=str)
def test_mistake_loses_one_check(programs: Programs, graded: Grader) -> None:
    report, text = graded(programs)
    assert len(names_of(report, "failed")) == 1, text


@pytest.mark.parametrize("programs", MISTAKES, ids=str)
def test_mistake_gets_its_report(programs: Programs, graded: Grader) -> None:
    assert_recorded(graded(programs)[1], programs.folder / "report.txt")


@pytest.mark.parametrize("reference", REFERENCES, ids=str)
def test_each_check_has_a_mistake(reference: Programs, graded: Grader) -> None:
    checks = {check["name"] for check in graded(reference)[0]["checks"]}
    mistakes = [each for each in MISTAKES if each.lab == reference.lab]
    lost = set[str]().union(*(names_of(graded(each)[0], "failed") for each in mistakes))
    assert lost == checks
