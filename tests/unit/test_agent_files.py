"""Files made as new by the agent: the same as find(1) and tar(1) leave, or nothing is claimed."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from grader.agent.files import DEEPEST, read_archive, renew
from grader.agent.loop import EMPTY_AND_UNPACK
from grader.submission import pack

FILES = {
    "server.py": b"x" * 513,
    "empty": b"",
    "data/deep/er.bin": bytes(range(256)) * 2,
    "数据/文件": b"y",
}


def tree(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
    }


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    made = [tmp_path / name for name in ("lab", "home")]
    for folder in made:
        (folder / "left" / "behind").mkdir(parents=True)
        (folder / "left" / "behind" / "file").write_text("old")
        (folder / "link").symlink_to("/etc")
        (folder / "server.py").write_text("changed")
        folder.chmod(0o777)
    return [str(folder) for folder in made]


def test_the_same_as_the_programs_leave(folders: list[str], tmp_path: Path) -> None:
    archive = pack(FILES)
    entries = read_archive(archive)
    assert entries is not None
    assert renew(folders, entries)
    quick = tree(tmp_path)
    subprocess.run(["sh", "-c", EMPTY_AND_UNPACK, "sh", *folders], input=archive, check=True)
    assert tree(tmp_path) == quick
    assert (tmp_path / "lab" / "数据" / "文件").read_bytes() == b"y"
    assert Path("/etc/passwd").exists()


def test_nothing_was_handed_in(folders: list[str], tmp_path: Path) -> None:
    assert read_archive(b"") == []
    assert renew(folders, [])
    assert sorted(tree(tmp_path)) == ["home", "lab"]


def entry(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        made = tarfile.TarInfo(name)
        made.type = kind
        archive.addfile(made)
    return packed.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        entry("../outside"),
        entry("a/../../outside"),
        entry("/outside"),
        entry("link", tarfile.SYMTYPE),
        entry("long" * 40),
        b"no archive" * 100,
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_tar(archive: bytes) -> None:
    assert read_archive(archive) is None


def test_folders_that_are_too_deep_are_left_to_find(folders: list[str]) -> None:
    Path(folders[1], *["d"] * (DEEPEST + 2)).mkdir(parents=True)
    assert not renew(folders, [])


def test_folders_that_are_closed_are_left_to_find(
    folders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def scandir(folder: str) -> object:  # root, who may run this test, opens every folder
        raise PermissionError(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert not renew(folders, [])


def test_what_cannot_be_done_is_left_to_them() -> None:
    assert not renew(["/dev/full/none"], [])
