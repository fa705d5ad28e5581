from pathlib import Path

import pytest

from machine import environment, text
from machine.command import Log
from machine.environment import fingerprint, is_whole
from machine.errors import SetupError
from machine.system import System

SYSTEM = System(is_linux=True, is_root=False, has_apt=False, has_systemd=False)


def test_an_environment_that_was_never_finished_is_not_whole(tmp_path: Path) -> None:
    python, stamp = tmp_path / "python", tmp_path / "stamp"
    assert not is_whole(python=python, stamp=stamp, wanted="x")
    python.touch()
    assert not is_whole(python=python, stamp=stamp, wanted="x")
    stamp.write_text("y")
    assert not is_whole(python=python, stamp=stamp, wanted="x")
    stamp.write_text("x")
    assert is_whole(python=python, stamp=stamp, wanted="x")


def test_an_environment_whose_python_is_gone_is_not_whole(tmp_path: Path) -> None:
    python, stamp = tmp_path / "python", tmp_path / "stamp"
    python.symlink_to(tmp_path / "removed")
    stamp.write_text("x")
    assert not is_whole(python=python, stamp=stamp, wanted="x")


def test_lock_place_and_python_make_an_environment() -> None:
    one = fingerprint(b"lock", root=Path("/a"), version="3.11")
    assert one == fingerprint(b"lock", root=Path("/a"), version="3.11")
    others = {
        fingerprint(b"other", root=Path("/a"), version="3.11"),
        fingerprint(b"lock", root=Path("/b"), version="3.11"),
        fingerprint(b"lock", root=Path("/a"), version="3.12"),
    }
    assert len(others | {one}) == 4


def test_a_failed_install_is_not_taken_for_done(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "requirements.txt").write_text("")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "socklab-stamp").write_text("old")
    with pytest.raises(SetupError) as caught:
        environment.ensure(root=tmp_path, system=SYSTEM, log=log)
    assert caught.value.what is text.VENV_FAILED
    assert not (tmp_path / ".venv" / "socklab-stamp").exists()
