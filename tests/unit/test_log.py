import stat
from pathlib import Path

import pytest

from grader.log import ErrorLog


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_no_file_before_there_is_something_to_say(tmp_path: Path) -> None:
    assert ErrorLog().path is None
    assert list(tmp_path.iterdir()) == []


def test_all_of_it_goes_into_one_file_of_ours_alone() -> None:
    log = ErrorLog()
    log.note("first")
    log.note("second \udcff")
    assert log.path is not None
    assert log.path.read_text(encoding="utf-8") == "first\n\nsecond \\udcff\n\n"
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_an_author_reads_it_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    log = ErrorLog(to_stderr=True)
    log.note("first")
    assert capsys.readouterr().err == "first\n"
    assert log.path is None
