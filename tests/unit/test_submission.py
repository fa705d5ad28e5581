"""Whatever is handed in becomes a clean archive, a note, or a message that says what to do."""

import io
import os
import random
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.submission import near_misses, pack
from unit.submissions import BOTH, WANTED, contents, notes, read, write_folder, write_tar, write_zip

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
