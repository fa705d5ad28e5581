"""A grading process that fails, dies or hangs costs one submission's time, and is told."""

import json
import os
import pickle
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.classroom import process
from grader.classroom.fork_server import ForkServer
from grader.classroom.grading_process import Keeper
from grader.classroom.process import GradingProcess
from grader.classroom.work import NotGraded, Work
from grader.result_json import read_json
from grader.submission import pack


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with closing(ForkServer(module="unit.classroom.fake_grading")) as server:
        yield server


@pytest.fixture
def opened(server: ForkServer) -> Iterator[GradingProcess]:
    with closing(GradingProcess(server, place="here")) as opened:
        yield opened
    assert not is_alive(opened.pid)


def work(student: str, limit_s: float = 20) -> Work:
    return Work("lab1", student, b"files", (), 1, "v1", limit_s=limit_s)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ignore(_answer: dict[str, Any]) -> None: ...


def test_one_after_another(opened: GradingProcess) -> None:
    told: list[str] = []
    for _ in range(2):
        graded = opened.grade(work("passes"), lambda answer: told.append(answer["check"]))
        assert json.loads(graded.document) == {"archive": "files"}
        assert graded.place == "here"
    assert told == ["a-check", "a-check"]


def test_what_fails_is_told_in_both_languages(opened: GradingProcess) -> None:
    with pytest.raises(NotGraded) as caught:
        opened.grade(work("fails"), ignore)
    assert caught.value.args == ("no engine", "没有引擎", "why", b"")


def test_a_process_that_dies(opened: GradingProcess) -> None:
    with pytest.raises(NotGraded) as caught:
        opened.grade(work("dies"), ignore)
    assert caught.value.text.en == "the process that graded it ended at a-check (SIGKILL)"
    assert "last words" in caught.value.args[2]


def test_a_process_that_hangs(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "POLITE_S", 0.1)
    with closing(GradingProcess(server, place="")) as opened:
        begun_s = time.monotonic()
        with pytest.raises(NotGraded) as caught:
            opened.grade(work("hangs", limit_s=2), ignore)
        assert time.monotonic() - begun_s < 10
        assert caught.value.text.zh.startswith("2 秒后仍未结束，停在 a-check。")
    assert not is_alive(opened.pid)


@pytest.mark.parametrize(("student", "limit_s"), [("late hangs", 3), ("late dies", 20)])
def test_what_was_over_before_is_kept(
    server: ForkServer, student: str, limit_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "POLITE_S", 0.1 if "hangs" in student else 20.0)
    with closing(GradingProcess(server, place="")) as opened:
        with pytest.raises(NotGraded) as caught:
            opened.grade(work(student, limit_s), ignore)
        travelled = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - as Dask does
    report = read_json(json.loads(travelled.partial))
    assert [check.outcome for check in report.checks] == ["passed", "error"]
    assert (report.earned, report.possible, report.is_complete) == (1, 2, False)


def test_hidden_checks_lie_in_a_folder_of_their_own_until_the_end(server: ForkServer) -> None:
    hidden = pack({"test_more.py": b"more"})
    with closing(GradingProcess(server, place="")) as opened:
        first, second = (
            json.loads(opened.grade(replace(work("hidden"), hidden=hidden), ignore).document)
            for _ in range(2)
        )
        folder = Path(first["folder"])
        assert first == second == {"files": {"test_more.py": "more"}, "folder": str(folder)}
        assert folder.parent.stat().st_mode & 0o077 == 0
    assert not folder.parent.exists()


def test_a_sandbox_that_is_closing_is_not_interrupted() -> None:
    closed: list[str] = []

    def close() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        closed.append("all of it")

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        keeper = Keeper()
        keeper._stack.callback(close)
        keeper.close()
        assert closed == ["all of it"]
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)
