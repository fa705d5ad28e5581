"""Submissions on a real cluster in this process, with something else than Docker beneath."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from grader.classroom import fork_server, workers
from grader.classroom.cluster import Cluster, default_jobs, open_cluster
from grader.classroom.work import Graded, NotGraded, Work
from grader.errors import GraderError
from grader.language import Text


class Process:
    """Stands for a grading process. A submission that is named after a fault has it."""

    tries: ClassVar[Counter[str]] = Counter()
    opened: ClassVar[list[Process]] = []
    together = threading.Barrier(3)
    asked: ClassVar[list[str]] = []  # of which labs Compose was asked

    def __init__(self, _server: object, *, place: str) -> None:
        self.is_closed = False
        Process.opened.append(self)

    def grade(self, work: Work, on_check: Any) -> Graded:
        assert not self.is_closed
        assert work.compose == {"of": work.lab}
        Process.tries[work.student] += 1
        for _ in range(20):
            on_check({"check": "a-check", "title": {"en": "A", "zh": "甲"}, "index": 0, "total": 1})
        if work.student == "dies" or (
            work.student == "dies once" and Process.tries["dies once"] == 1
        ):
            raise NotGraded("it died", "终止了", "last words", b"so far")
        if work.student == "defect":
            raise ZeroDivisionError
        if work.student.startswith("together"):
            Process.together.wait(20)
        return Graded(work.archive, "", "here", 0.1)

    def close(self) -> None:
        self.is_closed = True


class Server:
    """Stands for a fork server."""

    is_alive = True

    def close(self) -> None: ...


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(workers, "GradingProcess", Process)
    monkeypatch.setattr(fork_server, "start", Server)
    Process.tries.clear()
    Process.opened.clear()
    Process.asked.clear()

    def compose(_project: Path, lab: str) -> dict[str, str]:
        Process.asked.append(lab)
        if lab == "lab99":
            raise GraderError(Text("no Compose", "没有 Compose"))
        return {"of": lab}

    monkeypatch.setattr(workers, "read_compose", compose)
    with open_cluster(jobs=3, scratch=tmp_path) as opened:
        yield opened
    assert all(process.is_closed for process in Process.opened)


def work(student: str) -> Work:
    return Work("lab1", student, student.encode(), (), 1, "v1")


def test_each_has_an_outcome_and_what_kills_twice_is_set_aside(cluster: Cluster) -> None:
    told: list[str] = []
    students = ["a", "dies", "b", "dies once", "defect", *"cdefgh"]
    outcomes = {
        outcome.work.student: outcome
        for outcome in cluster.grade(
            (work(student) for student in students), lambda answer: told.append(answer["student"])
        )
    }
    assert set(outcomes) == set(students)
    assert outcomes["a"].graded
    assert outcomes["a"].graded.document == b"a"
    assert outcomes["dies once"].graded
    problem = outcomes["dies"].problem
    assert problem
    assert (problem.en, problem.zh) == ("tried twice: it died", "试了两次：终止了")
    assert (outcomes["dies"].log, outcomes["dies"].partial) == ("last words", b"so far")
    assert Process.tries["dies"] == Process.tries["dies once"] == 2
    assert outcomes["defect"].problem
    assert "ZeroDivisionError" in outcomes["defect"].problem.en
    assert set(told) <= set(students)
    assert max(Counter(told).values()) <= 4  # each try is told at its beginning, and then seldom


def test_as_many_run_at_once_as_there_are_jobs(cluster: Cluster) -> None:
    assert cluster.jobs == 3
    outcomes = list(cluster.grade([work(f"together {n}") for n in range(3)], lambda answer: None))
    assert all(outcome.graded for outcome in outcomes)
    assert len(Process.opened) == 3
    assert Process.asked == ["lab1"]


def test_compose_that_cannot_be_asked_is_told(cluster: Cluster) -> None:
    (outcome,) = cluster.grade([replace(work("a"), lab="lab99")], lambda answer: None)
    assert outcome.problem
    assert outcome.problem.zh == "试了两次：没有 Compose"


def test_submissions_are_read_when_they_are_needed(cluster: Cluster) -> None:
    read = 0

    def works() -> Iterator[Work]:
        nonlocal read
        for number in range(100):
            read += 1
            yield work(str(number))

    for done, _ in enumerate(cluster.grade(works(), lambda answer: None), start=1):
        assert read <= done + 2 * cluster.jobs
    assert len(Process.opened) <= 3


def test_no_scheduler_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.classroom.cluster.CONNECT_S", 1)
    with (
        pytest.raises(GraderError, match="No Dask scheduler answers"),
        open_cluster(jobs=1, scratch=tmp_path, scheduler="tcp://127.0.0.1:1"),
    ):
        pass


def test_there_is_at_least_one_job() -> None:
    assert default_jobs() >= 1
