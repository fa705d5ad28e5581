"""Hidden checks of the teacher's own, at workers that have no such folder; and what they may do."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.dask_cluster import dask_cluster
from acceptance.grading import REFERENCE
from grader.classroom.cluster import KILLED, open_cluster
from grader.classroom.fork_server import ForkServer
from grader.classroom.hidden import pack_hidden
from grader.classroom.process import GradingProcess
from grader.classroom.version import checks_version
from grader.classroom.work import NotGraded, Work
from grader.grading import PROJECT, find_lab
from grader.result import Report
from grader.result_json import read_json
from grader.submission import read_submission
from grader.topology import read_compose

CHECK = """
import pytest, time
from pathlib import Path

@pytest.mark.points(2)
@pytest.mark.limit(600)
def test_of_the_teacher() -> None:
    \"\"\"Something of the teacher's own.
    老师自己的检查。
    \"\"\"
    {body}
"""
NAME = "of-the-teacher"
# Above the grading process: what waits for its end, the fork server, the worker.
KILLS = """
import psutil
with open({path!r}, "a") as file:
    file.write("x")
psutil.Process().parents()[2].kill()
"""
LIMIT_S = 40.0


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "data.txt").write_text("data")
    return folder


def work(hidden: Path) -> Work:
    """Make the work of grading lab 1's reference with these checks; then they are gone here."""
    lab = find_lab("lab1", hidden=hidden)
    packed = pack_hidden(hidden)
    submission = read_submission(REFERENCE, wanted=lab.wanted)
    for path in hidden.iterdir():
        path.unlink()
    checks = checks_version(lab, packed)
    return Work("lab1", "one", submission.archive, (), 1, checks, packed)


def read(document: bytes) -> Report:
    """Read a report that has travelled."""
    return read_json(json.loads(document))


def test_hidden_checks_and_their_files_travel(hidden: Path, tmp_path: Path) -> None:
    body = 'assert (Path(__file__).parent / "data.txt").read_text() == "data"'
    (hidden / "test_more.py").write_text(CHECK.format(body=body))
    (tmp_path / "dask").mkdir()
    with dask_cluster(tmp_path / "dask") as dask:
        dask.add_worker()
        dask.wait_for_workers(1)
        with open_cluster(jobs=1, scratch=tmp_path, scheduler=dask.address) as cluster:
            (outcome,) = cluster.grade([work(hidden)], lambda answer: None)
    assert outcome.graded, outcome
    report = read(outcome.graded.document)
    assert report.earned == report.possible == 22
    assert report.checks[-1].name == NAME
    assert report.checks[-1].hidden


def test_what_kills_two_workers_is_set_aside(hidden: Path, tmp_path: Path) -> None:
    kills = tmp_path / "kills"
    (hidden / "test_more.py").write_text(KILLS.format(path=str(kills)) + CHECK.format(body="pass"))
    (tmp_path / "dask").mkdir()
    with dask_cluster(tmp_path / "dask") as dask:
        for _ in range(2):
            dask.add_worker()
        dask.wait_for_workers(2)
        with open_cluster(jobs=1, scratch=tmp_path, scheduler=dask.address) as cluster:
            (outcome,) = cluster.grade([work(hidden)], lambda answer: None)
    assert outcome.problem == KILLED
    assert kills.read_text() == "xx"


def test_what_takes_too_long_keeps_what_was_over(hidden: Path) -> None:
    (hidden / "test_more.py").write_text(CHECK.format(body="time.sleep(600)"))
    asked = replace(work(hidden), limit_s=LIMIT_S, compose=read_compose(PROJECT, "lab1"))
    with (
        closing(ForkServer()) as server,
        closing(GradingProcess(server, place="here")) as process,
        pytest.raises(NotGraded) as caught,
    ):
        process.grade(asked, lambda answer: None)
    assert f"not over after {LIMIT_S:g} s" in caught.value.text.en
    report = read(caught.value.partial)
    outcomes = Counter(check.outcome for check in report.checks)
    assert outcomes["passed"] >= 1
    assert outcomes["error"] >= 1
    assert outcomes.total() == 21
    assert report.checks[-1].outcome == "error"
    assert not report.is_complete
