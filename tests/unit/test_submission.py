"""Whatever is handed in becomes a clean archive, a note, or a message that says what to do."""

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from grader.errors import UsageError
from grader.intake import FILE_LIMIT_BYTES, FILES_LIMIT, NOTES_LIMIT, TOTAL_LIMIT_BYTES
from grader.submission import Submission, near_misses, pack, read_submission

WANTED = ("client.py", "server.py")
BOTH = {"server.py": b"print('server')\r\n", "client.py": b"\xef\xbb\xbfprint('client')\n"}


def contents(submission: Submission) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(submission.archive)) as archive:
        files = [member for member in archive if member.isreg()]
        return {file.name: (archive.extractfile(file) or io.BytesIO()).read() for file in files}


def notes(submission: Submission) -> str:
    return "\n".join(note.en for note in submission.notes)


def write_folder(top: Path, files: Mapping[str, bytes] = BOTH) -> Path:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


def write_zip(path: Path, files: Mapping[str, bytes] = BOTH) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: Mapping[str, bytes] = BOTH, mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def read(path: Path, *wanted: str) -> Submission:
    return read_submission(path, wanted=wanted or WANTED)


# What cannot be graded at all


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere cannot be read: No such file"):
        read(tmp_path / "nowhere")


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="no file and no folder"):
        read(tmp_path / "pipe")


def test_an_empty_folder_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none of .*client\.py is missing; server\.py is missing"):
        read(tmp_path)


@pytest.mark.parametrize(
    "name", ["hw.zip", "hw.tar", "hw.tar.gz", "hw.tgz", "hw.tar.bz2", "hw.tar.xz", "hw.rar"]
)
def test_what_only_has_an_archives_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>Please log in</html>")
    with pytest.raises(UsageError, match=f"{name} cannot be read as an archive: it is no archive"):
        read(tmp_path / name)


@pytest.mark.parametrize("head", [b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\x00\x04"])
def test_other_archives_are_asked_for_as_zip(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "hw.zip").write_bytes(head + bytes(600))
    with pytest.raises(UsageError, match="Pack it as zip"):
        read(tmp_path / "hw.zip")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz", "zip"])
def test_damage_anywhere_is_a_message_or_leaves_programs(tmp_path: Path, mode: str) -> None:
    whole = tmp_path / "hw"
    _ = write_zip(whole) if mode == "zip" else write_tar(whole, mode=mode)
    content = whole.read_bytes()
    seeded = random.Random(1)  # noqa: S311 - no secret
    for _ in range(150):
        broken = bytearray(content)
        if seeded.random() < 0.3:
            del broken[seeded.randrange(6, len(broken)) :]
        else:
            broken[seeded.randrange(6, len(broken))] ^= 1 << seeded.randrange(8)
        whole.write_bytes(broken)
        with suppress(UsageError):
            assert set(WANTED) & set(read(whole).files)


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "hw.zip")
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 1)
    path.write_bytes(data)
    with pytest.raises(UsageError, match="has a password"):
        read(path)


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


# What students really hand in


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_of_each_kind(tmp_path: Path, mode: str) -> None:
    assert contents(read(write_tar(tmp_path / "作业 1.tar", mode=mode))) == BOTH


def test_a_folder_a_zip_and_a_tar_give_the_same_archive(tmp_path: Path) -> None:
    folder = read(write_folder(tmp_path / "hw"))
    zipped = read(write_zip(tmp_path / "hw.zip", {f"hw/{n}": c for n, c in BOTH.items()}))
    tarred = read(write_tar(tmp_path / "hw.tar", {f"./{n}": c for n, c in BOTH.items()}))
    assert folder.archive == zipped.archive == tarred.archive
    assert folder.name == "hw"
    assert folder.notes == zipped.notes == tarred.notes == ()


def test_the_archive_says_nothing_of_owners_times_and_modes(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, BOTH | {"sub/helper.py": b""})
    (folder / "server.py").chmod(0o4777)
    with tarfile.open(fileobj=io.BytesIO(read(folder).archive)) as archive:
        for member in archive:
            assert (member.uid, member.gid, member.mtime, member.uname) == (0, 0, 0, "")
            assert member.mode == (0o755 if member.isdir() else 0o644)
            assert member.isreg() or member.isdir()


def test_nested_folders_are_found_and_keep_what_is_beneath(tmp_path: Path) -> None:
    files = {f"张三/实验 1/src/{name}": content for name, content in BOTH.items()}
    files |= {"张三/实验 1/src/lib/frame.py": b"f", "张三/报告.docx": b"r"}
    submission = read(write_zip(tmp_path / "张三.zip", files))
    assert contents(submission) == BOTH | {"lib/frame.py": b"f"}
    assert submission.notes == ()


def test_the_folder_with_both_programs_wins_over_the_one_nearer_to_the_top(tmp_path: Path) -> None:
    files = {f"new/{name}": content for name, content in BOTH.items()} | {"server.py": b"old"}
    assert contents(read(write_folder(tmp_path, files))) == BOTH


def test_a_choice_between_equal_folders_is_said(tmp_path: Path) -> None:
    files = {f"{folder}/{name}": folder.encode() for folder in ("a", "b/c") for name in BOTH}
    submission = read(write_folder(tmp_path, files))
    assert set(contents(submission).values()) == {b"a"}
    assert "taken: a/, not: b/c/" in notes(submission)


def test_a_zip_from_chinese_windows(tmp_path: Path) -> None:
    path = tmp_path / "hw.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in BOTH.items():
            archive.writestr("??????\\" + name, content)
    # zipfile itself writes no GBK: a stand-in of the same length takes its place.
    path.write_bytes(path.read_bytes().replace(b"??????", "实验一".encode("gbk")))
    assert contents(read(path)) == BOTH


def test_what_systems_and_editors_leave_is_ignored_without_a_word(tmp_path: Path) -> None:
    noise = (
        "__MACOSX/._server.py",
        "._client.py",
        ".DS_Store",
        ".git/HEAD",
        ".venv/lib/x.py",
        "venv/lib/server.py",
        "__pycache__/server.cpython-313.pyc",
        "Thumbs.db",
    )
    submission = read(write_zip(tmp_path / "hw.zip", BOTH | dict.fromkeys(noise, b"noise")))
    assert contents(submission) == BOTH
    assert submission.notes == ()


@pytest.mark.parametrize(
    "found",
    ["Server.py", "server.py.txt", "server.txt", "server.py.py", "server (1).py", "server_v2.py",
     "SERVER.PY", "server - 副本.py", "ｓｅｒｖｅｒ.py", "deep/Server.py"],
)  # fmt: skip
def test_a_missing_program_is_looked_for_under_names_like_it(tmp_path: Path, found: str) -> None:
    submission = read(write_zip(tmp_path / "hw.zip", {"client.py": b"", found: b""}))
    assert f"server.py is missing; found {found}: did you mean server.py?" in notes(submission)
    assert all("缺少 server.py" in note.zh for note in submission.notes)


def test_other_programs_are_not_taken_for_a_missing_one() -> None:
    assert near_misses("server.py", ["client.py", "my_server.py", "servers.py", "server.c"]) == []


def test_a_missing_program_is_a_note_and_the_other_is_graded(tmp_path: Path) -> None:
    submission = read(write_folder(tmp_path, {"client.py": b"c"}))
    assert contents(submission) == {"client.py": b"c"}
    assert notes(submission) == "server.py is missing"


def test_a_single_file_for_a_lab_with_one_program(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {"我的 ping.py": b"p"}) / "我的 ping.py"
    submission = read(path, "ping.py")
    assert contents(submission) == {"ping.py": b"p"}
    assert "我的 ping.py is graded as ping.py" in notes(submission)


def test_a_single_file_for_a_lab_with_two(tmp_path: Path) -> None:
    submission = read(write_folder(tmp_path) / "client.py")
    assert contents(submission) == {"client.py": BOTH["client.py"]}
    assert notes(submission) == "server.py is missing"


def test_packing_does_not_depend_on_the_order_of_files() -> None:
    assert pack({"a": b"1", "b/c": b"2"}) == pack({"b/c": b"2", "a": b"1"})
