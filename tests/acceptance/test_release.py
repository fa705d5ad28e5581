"""The students' copy works by itself: a lab starts from it, and its programs can be graded."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from acceptance.compose import PREFIX, ROOT, Project, free_net
from acceptance.waiting import eventually


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    file = tmp_path / "copy.zip"
    done = subprocess.run(
        [ROOT / "scripts" / "release", file], check=True, capture_output=True, text=True
    )
    assert done.stdout == f"{file}\n"
    return file


def test_the_copy_works(packed: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(packed, tmp_path / "copy")
    folder = tmp_path / "copy" / "socklab"
    for path in folder.glob("scripts/*"):  # unpack_archive() drops the bits that unzip(1) keeps
        path.chmod(0o755)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    name = f"{PREFIX}-{os.getpid()}-release"
    project = Project(folder=folder, name=name, net=free_net())
    try:
        project.compose("up", "--detach", "lab1")
        for attempt in eventually():
            with attempt:
                words = ("python3", "client.py", "server", "8080")
                done = project.exec("lab1-client", *words, check=False)
                assert "5 bytes: hello" in done.stdout
    finally:
        project.compose("down", "--volumes", "--timeout", "1")
    graded = project.run("scripts/grade", "lab1", "--lang", "en", check=False)
    assert graded.status == 1
    assert " of 19 points." in graded.stdout, graded.stdout + graded.stderr  # not the hidden one


@pytest.mark.parametrize("words", [["--nonsense"], ["a.zip", "HEAD", "more"]])
def test_wrong_words_end_with_status_2(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "release", *words], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
