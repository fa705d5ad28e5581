"""What each lab's programs score: the starter, the reference, correct ones, and each mistake.

A folder under `tests/labN/mistakes` or `correct` holds all programs, or those that differ from the
reference. `report.txt` in a mistake's folder is the report its author has to get, and
`tests/labN/starter.txt` that of an unedited copy. To write these files anew (then read what
changed):

    REWRITE_REPORTS=1 .venv/bin/pytest tests/repo/test_lab_scores.py -k lab1
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from acceptance.compose import ROOT, labs
from repo.gradings import REFERENCES, STARTERS, Grader, Programs
from repo.varying import without_varying


def folders(kind: str) -> list[Programs]:
    """The folders of `tests/labN/KIND`, lab after lab."""
    return [
        Programs(lab.name, folder)
        for lab in labs(ROOT)
        for folder in sorted((ROOT / "tests" / lab.name / kind).glob("*"))
    ]


CORRECT = folders("correct")
MISTAKES = folders("mistakes")


def names_of(report: Mapping[str, Any], outcome: str) -> set[str]:
    return {check["name"] for check in report["checks"] if check["outcome"] == outcome}


def assert_recorded(text: str, kept: Path, again: Callable[[], str]) -> None:
    """Points are always the same; of what two hosts do at once either may be told first, rarely."""
    text = without_varying(text)
    if os.environ.get("REWRITE_REPORTS"):
        kept.write_text(text, encoding="utf-8")
    recorded = without_varying(kept.read_text(encoding="utf-8"))
    if text != recorded:
        text = without_varying(again())
    assert text == recorded, "see the head of this file to accept it"


@pytest.mark.parametrize("programs", [*REFERENCES, *CORRECT], ids=str)
def test_correct_program_has_all_points(programs: Programs, graded: Grader) -> None:
    report, text = graded(programs)
    assert report["earned"] == report["possible"] > 0, text


@pytest.mark.parametrize("programs", STARTERS, ids=str)
def test_starter_gets_its_report(programs: Programs, graded: Grader, graded_again: Grader) -> None:
    report, text = graded(programs)
    assert 0 < report["earned"] < report["possible"], text
    kept = ROOT / "tests" / programs.lab / "starter.txt"
    assert_recorded(text, kept, lambda: graded_again(programs)[1])


@pytest.mark.parametrize("programs", MISTAKES, ids=str)
def test_mistake_loses_one_check(programs: Programs, graded: Grader) -> None:
    report, text = graded(programs)
    assert len(names_of(report, "failed")) == 1, text


@pytest.mark.parametrize("programs", MISTAKES, ids=str)
def test_mistake_gets_its_report(programs: Programs, graded: Grader, graded_again: Grader) -> None:
    kept = programs.folder / "report.txt"
    assert_recorded(graded(programs)[1], kept, lambda: graded_again(programs)[1])


@pytest.mark.parametrize("reference", REFERENCES, ids=str)
def test_each_check_has_a_mistake(reference: Programs, graded: Grader) -> None:
    checks = {check["name"] for check in graded(reference)[0]["checks"]}
    mistakes = [each for each in MISTAKES if each.lab == reference.lab]
    lost = set[str]().union(*(names_of(graded(each)[0], "failed") for each in mistakes))
    assert lost == checks
