"""Hidden checks arrive as they were sent, and count in the version of the checks."""

from pathlib import Path

import pytest

from grader.classroom.hidden import pack_hidden, unpack_hidden
from grader.classroom.version import checks_version
from grader.errors import UsageError
from grader.grading import find_lab
from grader.submission import pack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "hidden"
    (made / "data").mkdir(parents=True)
    (made / "__pycache__").mkdir()
    (made / "test_more.py").write_text("more")
    (made / "data" / "x.bin").write_bytes(bytes(range(256)))
    (made / "__pycache__" / "x.pyc").write_text("no")
    return made


def test_there_and_back(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    unpack_hidden(pack_hidden(folder), there)
    assert (there / "data" / "x.bin").read_bytes() == bytes(range(256))
    assert not (there / "__pycache__").exists()
    assert pack_hidden(there) == pack_hidden(folder)


def test_nothing_goes_elsewhere(tmp_path: Path) -> None:
    unpack_hidden(pack({"../outside": b"x", "inside": b"y"}), tmp_path / "there")
    assert [path.name for path in tmp_path.rglob("*")] == ["there", "inside"]


def test_they_count_in_the_version(folder: Path) -> None:
    lab = find_lab("lab1")
    first = checks_version(lab, pack_hidden(folder))
    assert first != checks_version(lab)
    assert first == checks_version(find_lab("lab1", hidden=folder), pack_hidden(folder))
    (folder / "data" / "x.bin").write_bytes(b"other")
    assert checks_version(lab, pack_hidden(folder)) != first


def test_what_is_too_large_to_travel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.classroom.hidden.MOST_MIB", 0)
    with pytest.raises(UsageError, match="holds the checks alone"):
        pack_hidden(folder)
