"""What lab 1's programs score: the starter, the reference, correct ones, and each mistake.

A folder under `mistakes/` or `correct/` holds both programs, or the one that differs from the
reference. `report.txt` in a mistake's folder is the report its author has to get. To write these
files anew (then read what changed):

    REWRITE_REPORTS=1 .venv/bin/pytest tests/repo/test_lab1_scores.py
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
PROGRAMS = PROJECT / "labs/lab1/programs"
REFERENCE = PROJECT / "labs/lab1/reference"
CORRECT = sorted((PROJECT / "tests/lab1/correct").iterdir())
MISTAKES = sorted((PROJECT / "tests/lab1/mistakes").iterdir())
STARTER_LOSES = {"server-counts-bytes", "server-waits-for-line", "client-reads-to-end"}
POINTS = 20
LIMIT_S = 120

# What differs from run to run: times, the sandbox's network, how much a full buffer held, and
# whether the end of a program that crashed was FIN or RST.
VARYING = (
    (r"\d+\.\d{3} s", "0.000 s"),
    (r"\b10(\.\d{1,3}){3}\b", "10.0.0.1"),
    (r"\d{1,3}(,\d{3})+", "N,NNN"),
    (r"receives (a reset \(RST\)|the end of the stream \(FIN\))", "receives the end"),
    (r" +$", ""),
)


Graded = tuple[dict[str, Any], str]  # the report as data and as text
Grading = Callable[[Path], Graded]


def grade(folder: Path) -> Graded:
    """Grade the reference with the files of a folder over it."""
    with tempfile.TemporaryDirectory() as scratch:
        submission = Path(scratch, folder.name)
        shutil.copytree(REFERENCE, submission)
        for program in folder.glob("*.py"):
            shutil.copy(program, submission)
        document = Path(scratch, "report.json")
        command = ["scripts/grade", "lab1", "--submission", str(submission)]
        graded = subprocess.run(
            [*command, "--seed", "1", "--lang", "en", "--json", str(document)],
            cwd=PROJECT,
            env={**os.environ, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert graded.returncode in (0, 1), graded.stdout + graded.stderr
        report = json.loads(document.read_text(encoding="utf-8"))
        return report, graded.stdout.replace(str(submission), folder.name)


@pytest.fixture(scope="module")
def graded(request: pytest.FixtureRequest) -> Iterator[Grading]:
    """Give a folder's grading; those of all chosen tests run ahead, two at a time."""
    executor = ThreadPoolExecutor(2)
    running: dict[Path, Future[Graded]] = {}

    def start(folder: Path) -> Future[Graded]:
        if folder not in running:
            running[folder] = executor.submit(grade, folder)
        return running[folder]

    for item in request.session.items:
        if item.path == request.path and hasattr(item, "callspec"):
            start(item.callspec.params["folder"])
    try:
        yield lambda folder: start(folder).result()
    finally:
        executor.shutdown(cancel_futures=True)


def names_of(report: dict[str, Any], outcome: str) -> set[str]:
    return {check["name"] for check in report["checks"] if check["outcome"] == outcome}


def without_varying(text: str) -> str:
    for pattern, same in VARYING:
        text = re.sub(pattern, same, text, flags=re.MULTILINE)
    return text


@pytest.mark.parametrize("folder", [REFERENCE, *CORRECT], ids=lambda folder: folder.name)
def test_correct_program_has_all_points(folder: Path, graded: Grading) -> None:
    report, text = graded(folder)
    assert (report["earned"], report["possible"]) == (POINTS, POINTS), text


@pytest.mark.parametrize("folder", [PROGRAMS], ids=["starter"])
def test_starter_loses_what_the_handout_says(folder: Path, graded: Grading) -> None:
    report, text = graded(folder)
    assert names_of(report, "failed") == STARTER_LOSES, text


@pytest.mark.parametrize("folder", MISTAKES, ids=lambda folder: folder.name)
def test_mistake_loses_one_check(folder: Path, graded: Grading) -> None:
    report, text = graded(folder)
    assert len(names_of(report, "failed")) == 1, text


@pytest.mark.parametrize("folder", MISTAKES, ids=lambda folder: folder.name)
def test_mistake_gets_its_report(folder: Path, graded: Grading) -> None:
    kept = folder / "report.txt"
    text = without_varying(graded(folder)[1])
    if os.environ.get("REWRITE_REPORTS"):
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8"), "see the head of this file to accept it"


def test_each_check_has_a_mistake(graded: Grading) -> None:
    checks = {check["name"] for check in graded(REFERENCE)[0]["checks"]}
    lost = set[str]().union(*(names_of(graded(folder)[0], "failed") for folder in MISTAKES))
    assert lost == checks
