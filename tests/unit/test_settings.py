from pathlib import Path

import pytest

from machine import settings
from machine.settings import container_user, merged, value


def test_a_write_that_fails_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("old")

    def full(self: Path, content: str) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        settings.write_whole(file, "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(".env", "old")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A=1\nB=2\n"),
        ("# mine\nC=3", "# mine\nC=3\nA=1\nB=2\n"),
        ("B=9\nC=3\nA=9\n", "B=2\nC=3\nA=1\n"),
        ("A=9\nA=8\nB=2\n", "A=1\nB=2\n"),
        ("AA=9\n#A=9\n\n", "AA=9\n#A=9\n\nA=1\nB=2\n"),
        ("A=1\nB=2\n", "A=1\nB=2\n"),
    ],
)
def test_our_lines_are_set_and_others_kept(before: str, after: str) -> None:
    assert merged(before, {"A": "1", "B": "2"}) == after


def test_only_a_change_is_written(tmp_path: Path) -> None:
    assert settings.ensure(tmp_path, {"A": "1"})
    written_ns = (tmp_path / ".env").stat().st_mtime_ns
    assert not settings.ensure(tmp_path, {"A": "1"})
    assert (tmp_path / ".env").stat().st_mtime_ns == written_ns


def test_reading_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_BASE", raising=False)
    assert value("# A=1\nA\nAB=2\n", "A") is None
    assert value("A = x=y \n", "A") == "x=y"
    assert settings.read(tmp_path, "LAB_BASE") is None
    (tmp_path / ".env").write_text("LAB_BASE=file\n")
    assert settings.read(tmp_path, "LAB_BASE") == "file"
    monkeypatch.setenv("LAB_BASE", "shell")
    assert settings.read(tmp_path, "LAB_BASE") == "shell"


@pytest.mark.parametrize(
    ("owner", "is_rootless", "user"),
    [
        ((1234, 100), False, (1234, 100)),
        ((0, 0), False, (1000, 1000)),
        ((1234, 100), True, (0, 0)),
        ((0, 0), True, (0, 0)),
    ],
)
def test_whose_files_programs_write(
    owner: tuple[int, int], is_rootless: bool, user: tuple[int, int]
) -> None:
    assert container_user(owner, is_rootless=is_rootless) == user


def test_files_that_have_the_right_owner_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "server.py").touch()
    (tmp_path / "programs" / "dangling").symlink_to("nowhere")
    assert not settings.give([tmp_path], settings.owner_of(tmp_path))
