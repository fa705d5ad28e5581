"""Submissions that are hostile as files: links out of their folder, names that steer a terminal."""

import io
import itertools
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.grading import REFERENCE, Grading, open_grading, scripts_grade

TREASURE = "5f1c2a: not to be found"
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
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "outside.txt"
    path.write_text(TREASURE)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home for a grader, where it may leave nothing."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def links_in_folder(submission: Path, outside: Path) -> Path:
    (submission / "absolute.txt").symlink_to(outside)
    (submission / "relative.txt").symlink_to(f"../{outside.name}")
    (submission / "all").symlink_to(outside.parent)
    return submission


def program_is_link(submission: Path, outside: Path) -> Path:
    (submission / "client.py").unlink()
    (submission / "client.py").symlink_to(f"../{outside.name}")
    return submission


def program_is_pipe(submission: Path, outside: Path) -> Path:
    (submission / "client.py").unlink()
    os.mkfifo(submission / "client.py")
    (submission / "device").symlink_to("/dev/zero")
    (submission / "round").symlink_to("round")
    return submission


def links_in_tar(submission: Path, outside: Path) -> Path:
    packed = submission.with_suffix(".tar.gz")
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(submission / "server.py", "server.py")
        for kind, target in itertools.product(
            (tarfile.SYMTYPE, tarfile.LNKTYPE), (str(outside), f"../{outside.name}")
        ):
            entry = tarfile.TarInfo(f"{kind!r}.txt")
            entry.type, entry.linkname = kind, target
            archive.addfile(entry)
        # A link, then a file that would be written through it.
        entry = tarfile.TarInfo("out")
        entry.type, entry.linkname = tarfile.SYMTYPE, str(outside.parent)
        archive.addfile(entry)
        for name in ("out/planted.txt", "../planted.txt", f"{outside.parent}/planted.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = 7
            archive.addfile(entry, io.BytesIO(b"planted"))
    return packed


def links_in_zip(submission: Path, outside: Path) -> Path:
    packed = submission.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(submission / "server.py", "server.py")
        for name, target in (("one.txt", str(outside)), ("two.txt", f"../{outside.name}")):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o120777 << 16  # a symbolic link
            archive.writestr(entry, target)
        for name in ("../planted.txt", f"{outside.parent}/planted.txt"):
            archive.writestr(name, "planted")
    return packed


@pytest.mark.parametrize(
    "make",
    [links_in_folder, program_is_link, program_is_pipe, links_in_tar, links_in_zip],
    ids=lambda make: make.__name__,
)
def test_links_lead_nowhere(
    make: Callable[[Path, Path], Path], outside: Path, grading: Grading, tmp_path: Path
) -> None:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name in ("server.py", "client.py"):
        (folder / name).write_text(PRINTS_ALL)
    before = {path.name for path in tmp_path.iterdir()}
    submission = make(folder, outside)
    printed = grading.run(submission, "python3", "server.py")
    assert "'server.py'" in printed
    assert TREASURE not in printed
    report = grading.grade(submission, "server-listens")
    assert (report.errors, report.earned, report.exit_status) == ([], 0, 1)
    assert TREASURE not in report.text
    assert {path.name for path in tmp_path.iterdir()} == before | {submission.name}
    assert grading.grade(REFERENCE, "server-listens").exit_status == 0


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
