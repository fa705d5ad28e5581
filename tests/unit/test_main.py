from pathlib import Path

import pytest

from grader import __main__ as command
from grader.errors import GraderError, UsageError
from grader.language import Text


@pytest.fixture(autouse=True)
def _logs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def grading_raises(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    def fail(*_arguments: object) -> int:
        problem: BaseException = request.param
        raise problem

    monkeypatch.setattr(command, "_grade", fail)


@pytest.mark.parametrize(
    ("grading_raises", "status", "told"),
    [
        (UsageError(Text("There is no lab x", "没有实验 x")), 2, "没有实验 x"),
        (GraderError(Text("Docker is gone", "Docker 没有了")), 3, "不是你的程序：Docker 没有了"),
        (ZeroDivisionError("secret"), 3, "评分程序自身有错误"),
        (KeyboardInterrupt(), 130, ""),
    ],
    indirect=["grading_raises"],
)
@pytest.mark.usefixtures("grading_raises")
def test_who_is_at_fault_is_in_the_status_and_the_words(
    status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["lab1", "--lang", "zh"]) == status
    err = capsys.readouterr().err
    assert told in err.replace("\n", "")
    assert "Traceback" not in err
    assert "secret" not in err


@pytest.mark.parametrize("grading_raises", [ZeroDivisionError("secret")], indirect=True)
@pytest.mark.usefixtures("grading_raises")
def test_our_traceback_is_in_a_file(tmp_path: Path) -> None:
    command.main(["lab1"])
    (log,) = tmp_path.iterdir()
    assert "ZeroDivisionError: secret" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("grading_raises", [ZeroDivisionError("secret")], indirect=True)
@pytest.mark.usefixtures("grading_raises")
def test_an_author_sees_it_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["lab1", "--debug"])
    assert "ZeroDivisionError: secret" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_lab_ends_before_anything_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["lab999", "--lang", "en"]) == 2
    assert "lab1" in capsys.readouterr().err
