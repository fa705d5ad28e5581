"""A grading process that fails, dies or hangs costs one submission's time, and is told."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from grader.classroom import process
from grader.classroom.process import GradingProcess
from grader.classroom.work import NotGraded, Work


@pytest.fixture
def opened() -> Iterator[GradingProcess]:
    with closing(GradingProcess(place="here", module="unit.classroom.fake_grading")) as opened:
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
    assert caught.value.args == ("no engine", "没有引擎", "why")


def test_a_process_that_dies(opened: GradingProcess) -> None:
    with pytest.raises(NotGraded) as caught:
        opened.grade(work("dies"), ignore)
    assert caught.value.text.en == "the process that graded it ended at a-check (SIGKILL)"
    assert "last words" in caught.value.args[2]


def test_a_process_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "POLITE_S", 0.1)
    with closing(GradingProcess(place="", module="unit.classroom.fake_grading")) as opened:
        begun_s = time.monotonic()
        with pytest.raises(NotGraded) as caught:
            opened.grade(work("hangs", limit_s=2), ignore)
        assert time.monotonic() - begun_s < 10
        assert caught.value.text.zh == "2 秒后仍未结束，停在 a-check"
    assert not is_alive(opened.pid)
