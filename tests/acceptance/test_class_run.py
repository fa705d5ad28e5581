"""A class is graded as it is handed in, and whatever stops the run, the same command goes on."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from acceptance.class_runs import (
    exported,
    finish,
    grading_processes,
    hand_in,
    rows,
    start,
    wait_for_rows,
    without_varying,
)
from acceptance.engine_proxy import EngineProxy, engine_proxy, engine_watched
from acceptance.grading import LABEL, scripts_grade, traces
from acceptance.waiting import eventually
from grader.cleaning import clean
from grader.engine import connect
from grader.ports import ALONE, END, FIRST, PER_SUBMISSION

ROSTER = "id,name,group\n张三,,\nbytes,Bai Te,\nlisten,,\n1,,G\n2,,G\nabsent,A. B. Sent,\n"
STATES = {
    "张三": ("graded", 20),
    "bytes": ("graded", 17),
    "listen": ("graded", 7),
    "G": ("graded", 20),
    "forger": ("graded", 1),
    "empty": ("unreadable", 0),
    "absent": ("missing", 0),
}
GRADED = [student for student, (state, _) in STATES.items() if state == "graded"]


@dataclass(frozen=True)
class Room:
    """A folder of submissions, and the engine as its runs see it."""

    submissions: Path
    home: Path
    proxy: EngineProxy
    address: str

    def words(self, out: Path, *more: str) -> tuple[str, ...]:
        place = ("--submissions", str(self.submissions), "--out", str(out))
        return ("lab1", *place, "--seed", "1", "--lang", "en", "--jobs", "3", *more)

    def start(self, out: Path, *more: str) -> Any:
        return start(*self.words(out, *more), home=self.home, DOCKER_HOST=self.address)

    def run(self, out: Path, *more: str) -> tuple[int, str, str]:
        return finish(self.start(out, *more))

    def has_left_nothing(self) -> None:
        for attempt in eventually():
            with attempt:
                assert [traces(run_id) for run_id in self.proxy.run_ids if traces(run_id)] == []
        assert list(self.home.iterdir()) == []


def no_container_is_left(proxy: EngineProxy) -> None:
    """After kill -9 what was not started yet is left to the next run, a minute later."""
    with closing(connect()) as engine:
        for attempt in eventually():
            with attempt:
                running = engine.containers(filters={"label": LABEL})
                names = [each["Names"][0] for each in running]
                assert [name for name in names if name.split("-")[1] in proxy.run_ids] == []
        for run_id in proxy.run_ids:
            clean(engine, everything=True, run_id=run_id)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("class")
    submissions, home = folder / "submissions", folder / "home"
    home.mkdir()
    hand_in(submissions, "张三")
    hand_in(submissions, "bytes", mistake="counts-characters")
    hand_in(submissions, "listen", mistake="listens-on-127")
    hand_in(submissions, "2")
    hand_in(submissions, "forger", hostile="prints-forged-results")
    (submissions / "empty").mkdir()
    (submissions / "roster.csv").write_text(ROSTER)
    path = folder / "engine.sock"
    with engine_watched(path) as proxy:
        yield Room(submissions, home, proxy, f"unix://{path}")


@pytest.fixture(scope="module")
def undisturbed(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    status, said, progress = room.run(out)
    assert status == 1, said + progress
    assert "lab1: 6 submissions, 2 of them with all points" in said
    assert progress.count(" of 20 points") == len(GRADED)
    room.has_left_nothing()
    return out


def test_everyone_has_a_row(undisturbed: Path) -> None:
    found = {row.student: (row.state, row.earned) for row in rows(undisturbed).values()}
    assert found == STATES
    with (undisturbed / "lab1.csv").open(encoding="utf-8-sig") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert set(table) == {*STATES, "1", "2"} - {"G"}
    assert table["1"]["earned"] == "20"
    assert (undisturbed / "html" / "index.html").exists()


def test_the_report_is_the_one_that_a_student_gets(
    undisturbed: Path, room: Room, tmp_path: Path
) -> None:
    document = tmp_path / "report.json"
    submission = str(room.submissions / "bytes")
    words = ("lab1", "--submission", submission, "--seed", "1", "--json", str(document))
    assert scripts_grade(*words, folder=room.home).returncode == 1
    (graded,) = (
        each["report"]
        for each in exported(undisturbed)["submissions"]
        if each["student"] == "bytes"
    )
    alone, in_class = (
        re.sub(r"10\.213\.\d+\.\d+", "10.213.0.1", json.dumps(without_varying(each)))
        for each in (json.loads(document.read_text()), graded)
    )
    assert alone == re.sub(r"\b(\d{3})(?=\d\d\b)", first_of, in_class)


def first_of(digits: re.Match[str]) -> str:
    """Of a port: those of a class differ from a single submission's by hundreds."""
    is_port = FIRST <= int(digits[1]) * PER_SUBMISSION < END
    return str(ALONE // PER_SUBMISSION) if is_port else digits[1]


def test_nothing_is_done_twice(undisturbed: Path, room: Room) -> None:
    before = rows(undisturbed)
    status, _, progress = room.run(undisturbed)
    assert (status, progress) == (1, "")
    assert rows(undisturbed) == before
    assert room.run(undisturbed, "--rerun", "bytes")[0] == 1
    after = rows(undisturbed)
    changed = [student for student in after if after[student].ended_s != before[student].ended_s]
    assert changed == ["bytes"]


def test_whatever_stops_it_the_same_command_goes_on(
    undisturbed: Path, room: Room, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = room.start(out)
    wait_for_rows(out, 1)
    run.send_signal(signal.SIGINT)
    status, said, told = finish(run)
    assert status == 130, said + told
    assert "To go on: scripts/grade lab1 --submissions" in told
    room.has_left_nothing()
    kept = {student: row for student, row in rows(out).items() if row.state == "graded"}
    assert kept

    run = room.start(out)
    wait_for_rows(out, len(kept) + 1)
    run.kill()
    finish(run)
    no_container_is_left(room.proxy)

    run = room.start(out)
    for attempt in eventually():
        with attempt:
            processes = grading_processes(run.pid)
            assert processes
    os.kill(processes[0], signal.SIGKILL)
    status, said, told = finish(run)
    assert status == 1, said + told
    now = rows(out)
    assert {student: now[student] for student in kept} == kept
    assert {row.student: (row.state, row.earned) for row in now.values()} == STATES
    same = [without_varying(exported(each)["submissions"]) for each in (undisturbed, out)]
    assert outcomes(same[0]) == outcomes(same[1])


def test_an_engine_that_goes_away_is_our_failure(room: Room, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "engine.sock"
    with engine_proxy(path, cut_at=b'"op": "unpack"', times=5) as proxy:
        run = start(*room.words(out), home=room.home, DOCKER_HOST=f"unix://{path}")
        status, said, told = finish(run)
        assert proxy.is_cut
    assert status == 3, said + told
    before = {row.student: row.state for row in rows(out).values()}
    assert "error" in before.values()
    assert not [row for row in rows(out).values() if row.state == "error" and row.earned]
    no_container_is_left(proxy)
    assert room.run(out)[0] == 1
    assert {row.student: (row.state, row.earned) for row in rows(out).values()} == STATES


def outcomes(submissions: Any) -> list[Any]:
    return [
        (each["student"], [(one["name"], one["outcome"]) for one in each["report"]["checks"]])
        for each in submissions
        if each["report"]
    ]


def test_an_engine_that_is_not_there_is_said_at_once(room: Room, tmp_path: Path) -> None:
    words = room.words(tmp_path / "out")
    done = scripts_grade(*words, folder=room.home, DOCKER_HOST=f"unix://{tmp_path}/none")
    assert done.returncode == 3
    assert "scripts/setup" in done.stderr
    assert {row.state for row in rows(tmp_path / "out").values()} == {
        *("waiting", "unreadable", "missing"),
    }
