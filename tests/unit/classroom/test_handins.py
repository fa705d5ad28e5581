"""A messy folder becomes one submission for each student."""

import os
import time
import zipfile
from pathlib import Path

import pytest

from grader.classroom.download import unpack_download
from grader.classroom.handins import ClassFolder, find_handins
from grader.classroom.roster import Roster, Student, read_roster
from grader.errors import UsageError
from grader.submission import Submission
from unit.submissions import BOTH, WANTED, contents, notes, write_folder, write_tar, write_zip

SERVER, CLIENT = BOTH["server.py"], BOTH["client.py"]
NOBODY = Roster()


def find(folder: Path, roster: Roster = NOBODY) -> ClassFolder:
    return find_handins(folder, wanted=WANTED, roster=roster)


def read(found: ClassFolder) -> dict[str, Submission]:
    return {handin.student: handin.read(WANTED) for handin in found.handins}


# Nothing to grade


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no submissions"):
        find(tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        find(tmp_path / "nowhere")


def test_a_folder_of_one_submission(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--submission"):
        find(write_folder(tmp_path))


# Whatever students do


def test_folders_and_archives(tmp_path: Path) -> None:
    write_folder(tmp_path / "zhang san")
    write_zip(tmp_path / "李四.zip", {"lab1/server.py": SERVER, "lab1/client.py": CLIENT})
    write_tar(tmp_path / "wang.tar.gz")
    (tmp_path / "notes.txt").write_text("")
    write_folder(tmp_path / "__MACOSX")
    found = find(tmp_path)
    assert [contents(one) for one in read(found).values()] == [BOTH] * 3
    assert list(read(found)) == ["wang", "zhang san", "李四"]
    assert found.left_out == ("notes.txt",)


def test_what_is_wrong_with_one_is_not_wrong_with_the_others(tmp_path: Path) -> None:
    write_folder(tmp_path / "good")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "other.rar").write_bytes(b"Rar!\x1a\x07\x00")
    write_zip(tmp_path / "bomb.zip", {f"{n}.bin": bytes(8 << 20) for n in range(3)})
    found = find(tmp_path)
    said = {}
    for handin in found.handins:
        try:
            assert contents(handin.read(WANTED)) == BOTH
        except UsageError as error:
            said[handin.student] = error.text.en
    assert set(said) == {"empty", "broken", "other", "bomb"}
    assert "none of the lab's programs" in said["empty"]
    assert "larger than" in said["bomb"]


def test_a_zip_inside_a_folder(tmp_path: Path) -> None:
    write_folder(tmp_path / "li" / "hand in")
    (tmp_path / "zhang" / "deep").mkdir(parents=True)
    write_zip(tmp_path / "zhang" / "deep" / "lab1.zip")
    assert contents(read(find(tmp_path))["zhang"]) == BOTH


def test_a_broken_zip_inside_a_folder_says_so(tmp_path: Path) -> None:
    write_folder(tmp_path / "li")
    write_folder(tmp_path / "zhang", {"lab1.zip": b"PK\x03\x04 broken"})
    with pytest.raises(UsageError, match="cannot be read as an archive"):
        read(find(tmp_path))


def test_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "class"
    write_folder(folder / "li")
    write_folder(folder / "zhang")
    (folder / "zhang" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "whole").symlink_to(tmp_path)
    found = find(folder)
    assert set(read(found)) == {"li", "zhang"}
    assert found.left_out == ("whole",)
    assert "link.txt" in notes(read(found)["zhang"])


def test_the_latest_of_two_counts(tmp_path: Path) -> None:
    write_folder(tmp_path / "li")
    write_folder(tmp_path / "zhang")
    for path in (tmp_path / "zhang").iterdir():
        os.utime(path, (1000, 1000))
    write_zip(tmp_path / "zhang.zip", {"server.py": b"new"})
    submission = read(find(tmp_path))["zhang"]
    assert contents(submission) == {"server.py": b"new"}
    assert "the latest counts: zhang.zip, not: zhang" in notes(submission)


# Downloads


def test_a_download_of_moodle(tmp_path: Path) -> None:
    for name in ("张三_1", "Li Si_2", "Li Si_3"):
        write_folder(tmp_path / f"{name}_assignsubmission_file_")
    write_folder(tmp_path / "张三_1_assignsubmission_onlinetext_", {"onlinetext.html": b""})
    assert set(read(find(tmp_path))) == {"张三", "Li Si (2)", "Li Si (3)"}


def test_files_of_moodle_without_folders(tmp_path: Path) -> None:
    for name in ("张三_1", "Li Si_2"):
        prefix = f"{name}_assignsubmission_file_"
        write_folder(tmp_path, {f"{prefix}server.py": SERVER, f"{prefix}client.py": CLIENT})
    assert [contents(one) for one in read(find(tmp_path)).values()] == [BOTH] * 2


def test_files_of_canvas(tmp_path: Path) -> None:
    files = {
        "doejane_LATE_12_100_server.py": b"old",
        "doejane_LATE_12_101_server-1.py": SERVER,
        "doejane_LATE_12_102_client-1.py": CLIENT,
    }
    write_folder(tmp_path, files)
    write_zip(tmp_path / "sili_13_103_lab1.zip")
    found = read(find(tmp_path))
    assert [contents(one) for one in found.values()] == [BOTH] * 2
    assert "late" in notes(found["doejane"])


def test_a_download_that_is_still_a_zip(tmp_path: Path) -> None:
    packed = tmp_path / "download.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for student in ("AAAA_1", "BBBB_2"):
            for name, content in BOTH.items():
                entry = f"lab1/{student}_assignsubmission_file_/{name}"
                archive.writestr(zipfile.ZipInfo(entry, (2026, 1, 2, 3, 4, 6)), content)
        archive.writestr("../planted.txt", "")
        link = zipfile.ZipInfo("lab1/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc")
    names = {b"AAAA": "张三", b"BBBB": "李四"}
    written = packed.read_bytes()
    for plain, name in names.items():  # as Chinese Windows writes it: GBK, and nothing says so
        written = written.replace(plain, name.encode("gb18030"))
    packed.write_bytes(written)
    unpack_download(packed, tmp_path / "class")
    assert not (tmp_path / "planted.txt").exists()
    found = find(tmp_path / "class")
    assert {name: contents(one) for name, one in read(found).items()} == {
        "张三": BOTH,
        "李四": BOTH,
    }
    times = {time.localtime(path.stat().st_mtime) for path in tmp_path.glob("class/*/*/*.py")}
    assert {each.tm_min for each in times} == {4}


def test_a_download_that_is_broken(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(UsageError, match="cannot be read as an archive"):
        unpack_download(tmp_path / "x.zip", tmp_path / "class")


# A roster


def test_a_roster_names_students_groups_and_who_is_missing(tmp_path: Path) -> None:
    roster = read_roster("1,张三,A\n2,李四,A\n3,王五,\n4,赵六,B\n".encode(), path="")
    for name in ("张三", "A", "3-王五", "guest"):
        write_folder(tmp_path / name)
        for path in (tmp_path / name).iterdir():
            os.utime(path, (len(name), len(name)))
    found = find(tmp_path, roster)
    members = {handin.student: [one.id for one in handin.members] for handin in found.handins}
    assert members == {"A": ["1", "2"], "3": ["3"], "guest": ["guest"]}
    assert found.missing == (Student("4", "赵六", "B"),)
    assert "several submissions; the latest counts: 张三, not: A" in notes(read(found)["A"])
