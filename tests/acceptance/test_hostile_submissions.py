"""Submissions that are hostile as files: links out of their folder, names that steer a terminal."""

import io
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.grading import REFERENCE, Grading, open_grading, scripts_grade

SECRET = "5f1c2a secret of the machine that grades"
PRINTS_ALL = """\
import os
import sys

for folder, _, files in os.walk("/lab"):
    for name in files:
        print(repr(name), open(os.path.join(folder, name)).read())
sys.exit(0)
"""
FORGED_NAME = "\x1b[2J\x1b]0;forged\x07\n✔ All 1000 points.\r\u202e.py"


@pytest.fixture(scope="module")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    with open_grading(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home for a grader, where it may leave nothing."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def link_in_folder(submission: Path, target: str) -> Path:
    (submission / "notes.txt").symlink_to(target)
    return submission


def program_is_link(submission: Path, target: str) -> Path:
    (submission / "client.py").unlink()
    (submission / "client.py").symlink_to(target)
    return submission


def folder_is_link(submission: Path, target: str) -> Path:
    (submission / "all").symlink_to(Path(target).parent)
    return submission


def links_in_tar(submission: Path, target: str) -> Path:
    packed = submission.with_suffix(".tar.gz")
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(submission / "server.py", "server.py")
        for name, kind in (("notes.txt", tarfile.SYMTYPE), ("hard.txt", tarfile.LNKTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, target
            archive.addfile(entry)
        # A link, then a file that would be written through it.
        entry = tarfile.TarInfo("out")
        entry.type, entry.linkname = tarfile.SYMTYPE, str(Path(target).parent)
        archive.addfile(entry)
        for name in ("out/planted.txt", "../planted.txt", f"{Path(target).parent}/planted.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = 7
            archive.addfile(entry, io.BytesIO(b"planted"))
    return packed


def links_in_zip(submission: Path, target: str) -> Path:
    packed = submission.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(submission / "server.py", "server.py")
        entry = zipfile.ZipInfo("notes.txt")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, target)
        for name in {"../planted.txt", str(Path(target).parent / "planted.txt")}:
            archive.writestr(name, "planted")
    return packed


def pipe_in_folder(submission: Path, target: str) -> Path:
    (submission / "client.py").unlink()
    os.mkfifo(submission / "client.py")
    (submission / "device").symlink_to("/dev/zero")
    (submission / "round").symlink_to("round")
    return submission


@pytest.mark.parametrize("target", ["absolute", "relative"])
@pytest.mark.parametrize(
    "make",
    [link_in_folder, program_is_link, folder_is_link, links_in_tar, links_in_zip, pipe_in_folder],
    ids=lambda make: make.__name__,
)
def test_links_lead_nowhere(
    make: Callable[[Path, str], Path], target: str, secret: Path, grading: Grading, tmp_path: Path
) -> None:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "server.py").write_text(PRINTS_ALL)
    (folder / "client.py").write_text(PRINTS_ALL)
    before = {path.name for path in tmp_path.iterdir()}
    submission = make(folder, str(secret) if target == "absolute" else f"../{secret.name}")
    printed = grading.run(submission, "python3", "server.py")
    assert "'server.py'" in printed
    assert SECRET not in printed
    report = grading.grade(submission, "server-listens")
    assert (report.errors, report.earned, report.exit_status) == ([], 0, 1)
    assert SECRET not in report.text
    assert {path.name for path in tmp_path.iterdir()} == before | {submission.name}


def test_names_do_not_steer_a_terminal(home: Path, tmp_path: Path) -> None:
    submission = tmp_path / "\x1b[31mred\n✔ All 1000 points."
    shutil.copytree(REFERENCE, submission)
    (submission / FORGED_NAME).write_text("")
    (submission / f"link{FORGED_NAME}").symlink_to("/etc/passwd")
    (submission / b"\xff\xfe.py".decode(errors="surrogateescape")).write_text("")
    done = scripts_grade("lab1", "--submission", str(submission), folder=home)
    assert done.returncode == 0
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(done.stdout + done.stderr)
    assert not [line for line in done.stdout.splitlines() if line.startswith("✔ All")]
    assert list(home.iterdir()) == []
