"""What must not come in: too much, hostile names, links and devices."""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import FILE_LIMIT_BYTES, FILES_LIMIT, NOTES_LIMIT, TOTAL_LIMIT_BYTES
from unit.submissions import BOTH, contents, notes, read, write_folder, write_tar, write_zip

# What would be too much


def test_a_zip_bomb(tmp_path: Path) -> None:
    part = bytes(FILE_LIMIT_BYTES)
    path = write_zip(tmp_path / "hw.zip", {f"{n}.bin": part for n in range(4)})
    with pytest.raises(UsageError, match=f"larger than {TOTAL_LIMIT_BYTES >> 20} MiB"):
        read(path)


@pytest.mark.parametrize("opener", [gzip.open, bz2.open, lzma.open])
def test_a_packed_tar_bomb(tmp_path: Path, opener: Callable[..., io.BufferedIOBase]) -> None:
    path = tmp_path / "hw.tar"
    with opener(path, "wb") as file:
        for _ in range(80):
            file.write(bytes(1 << 20))
    with pytest.raises(UsageError, match="unpacks to more than"):
        read(path)


def test_a_sparse_tar(tmp_path: Path) -> None:
    path = tmp_path / "hw.tar"
    huge = tarfile.TarInfo("huge.bin")
    huge.type, huge.size = tarfile.GNUTYPE_SPARSE, 0
    header = bytearray(huge.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"77777777777\0"  # its real size: 8 GiB of holes
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path.write_bytes(bytes(header) + write_tar(tmp_path / "other.tar", mode="w").read_bytes())
    submission = read(path)
    assert set(submission.files) == set(BOTH)
    assert "huge.bin: it is no regular file" in notes(submission)


def test_more_files_than_a_submission_has(tmp_path: Path) -> None:
    many = {f"{number}.txt": b"" for number in range(FILES_LIMIT + 1)}
    with pytest.raises(UsageError, match=f"more than {FILES_LIMIT} files"):
        read(write_zip(tmp_path / "hw.zip", BOTH | many))
    with pytest.raises(UsageError, match=f"more than {FILES_LIMIT} files"):
        read(write_folder(tmp_path / "folder", BOTH | many))


def test_one_large_file_is_left_out(tmp_path: Path) -> None:
    submission = read(write_folder(tmp_path, BOTH | {"a.pcap": bytes(FILE_LIMIT_BYTES + 1)}))
    assert contents(submission) == BOTH
    assert "left out a.pcap: larger than 8 MiB" in notes(submission)


# Hostile names and kinds


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/cron.d/x", "leads out of the folder"),
        ("a/../../x", "leads out of the folder"),
        ("/etc/passwd", "absolute path"),
        ("C:/x.py", "absolute path"),
        ("a" * 256, "too long"),
        ("d/" * 2100 + "x", "too long"),
        ("server.py/x", "its folder has the name of a file"),
    ],
    ids=["up", "inner-up", "absolute", "drive", "long", "deep", "beneath"],
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_cannot_stand_in_the_lab(
    tmp_path: Path, kind: str, name: str, reason: str
) -> None:
    path = tmp_path / "hw"
    files = BOTH | {name: b"evil"}
    submission = read(write_zip(path, files) if kind == "zip" else write_tar(path, files))
    assert contents(submission) == BOTH
    assert reason in notes(submission)


def test_names_with_control_characters_are_shown_escaped(tmp_path: Path) -> None:
    name = "x\n\x1b[31mPASSED.py"
    submission = read(write_tar(tmp_path / "hw.tar", BOTH | {name: b"", name + "/y": b""}))
    assert name in submission.files
    assert "\x1b" not in notes(submission)
    assert "PASSED" in notes(submission)
    assert not any("\n" in note.en for note in submission.notes)


def test_links_and_devices_in_a_tar(tmp_path: Path) -> None:
    path = tmp_path / "hw.tar"
    with tarfile.open(path, "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo(f"odd{kind!r}.py")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        for name, content in BOTH.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    submission = read(path)
    assert contents(submission) == BOTH
    assert len(submission.notes) == 4


def test_links_in_a_zip(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "hw.zip")
    link = zipfile.ZipInfo("passwd.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    submission = read(path)
    assert contents(submission) == BOTH
    assert "passwd.py: it is a link" in notes(submission)


def test_links_in_a_folder(tmp_path: Path) -> None:
    secret = write_folder(tmp_path / "other", {"secret.py": b"secret", "d/x.py": b"secret"})
    folder = write_folder(tmp_path / "hw", {"src/server.py": b"s", "client.py": b"c"})
    links = {
        "server.py": "src/server.py",
        "secret.py": str(secret / "secret.py"),
        "up.py": "../other/secret.py",
        "d": str(secret / "d"),
        "loop.py": "loop.py",
        "nowhere.py": "gone.py",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    submission = read(folder)
    assert contents(submission) == {"server.py": b"s", "client.py": b"c", "src/server.py": b"s"}
    assert notes(submission).count("leads out of the folder") == 3
    assert notes(submission).count("leads nowhere") == 2


def test_a_pipe_in_a_folder(tmp_path: Path) -> None:
    os.mkfifo(write_folder(tmp_path) / "pipe.py")
    submission = read(tmp_path)
    assert contents(submission) == BOTH
    assert "pipe.py: it is no regular file" in notes(submission)


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path)
    opened = os.open

    def refuse(path: Path, flags: int) -> int:
        if path.name == "client.py":
            raise PermissionError(13, "Permission denied")
        return opened(path, flags)

    monkeypatch.setattr("grader.folder.os.open", refuse)
    submission = read(tmp_path)
    assert list(contents(submission)) == ["server.py"]
    assert "left out client.py: it cannot be read (Permission denied)" in notes(submission)
    assert "client.py is missing" in notes(submission)


def test_no_more_notes_than_anyone_reads(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "hw.tar", BOTH | {f"../{number}": b"" for number in range(50)})
    submission = read(path)
    assert len(submission.notes) == NOTES_LIMIT + 1
    assert "40 more notes" in notes(submission)
