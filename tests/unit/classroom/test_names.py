"""Whose a file or folder is, by the names that LMSs and students give."""

import pytest

from grader.classroom.names import Whose, read_name, readable, same_person, words_of
from unit.submissions import WANTED


def whose(name: str, *, is_folder: bool = False, wanted: tuple[str, ...] = WANTED) -> Whose:
    found = read_name(name, is_folder=is_folder, wanted=wanted)
    assert found
    return found


@pytest.mark.parametrize(
    ("name", "student", "number"),
    [
        ("Zhang San_1234567_assignsubmission_file_", "Zhang San", "1234567"),
        ("Zhang San_1234567_assignsubmission_file", "Zhang San", "1234567"),
        ("张三_42_assignsubmission_file_", "张三", "42"),
        ("O'Neil_Ann_7_assignsubmission_file_", "O'Neil_Ann", "7"),
        ("Participant_99_assignsubmission_file_", "Participant 99", "99"),
    ],
)
def test_a_folder_of_moodle(name: str, student: str, number: str) -> None:
    found = whose(name, is_folder=True)
    assert (found.student, found.number, found.is_piece) == (student, number, False)


def test_a_file_of_moodle() -> None:
    found = whose("张三_42_assignsubmission_file_server.py")
    assert (found.student, found.file, found.is_piece) == ("张三", "server.py", True)


def test_the_online_text_of_moodle_is_no_submission() -> None:
    name = "张三_42_assignsubmission_onlinetext_"
    assert read_name(name, is_folder=True, wanted=WANTED) is None


@pytest.mark.parametrize(
    ("name", "student", "file", "is_late"),
    [
        ("doejane_123_4567_server.py", "doejane", "server.py", False),
        ("doejane_LATE_123_4567_server.py", "doejane", "server.py", True),
        ("doejane_123_4567_server-2.py", "doejane", "server.py", False),
        ("doejane_123_4567_my-2.py", "doejane", "my-2.py", False),
        ("doejane_123_4567_lab1-3.zip", "doejane", "lab1.zip", False),
        ("张三_123_4567_server.py", "张三", "server.py", False),
    ],
)
def test_a_file_of_canvas(name: str, student: str, file: str, is_late: bool) -> None:
    found = whose(name)
    assert (found.student, found.file, found.is_late) == (student, file, is_late)
    assert (found.number, found.order) == ("123", 4567)


@pytest.mark.parametrize(
    ("name", "is_folder", "student"),
    [
        ("zhang", True, "zhang"),
        ("zhang.v2", True, "zhang.v2"),
        ("zhang.tar.gz", False, "zhang"),
        ("张三 (1).ZIP", False, "张三"),
        ("(1).zip", False, "(1).zip"),
    ],
)
def test_a_name_of_the_students_own(name: str, is_folder: bool, student: str) -> None:
    assert whose(name, is_folder=is_folder).student == student


def test_a_loose_file_is_nobodys() -> None:
    assert read_name("notes.txt", is_folder=False, wanted=WANTED) is None
    assert read_name("zhang.py", is_folder=False, wanted=WANTED) is None


def test_a_lab_with_one_program_takes_it_by_the_students_name() -> None:
    assert whose("zhang.py", wanted=("ping.py",)).student == "zhang"
    assert read_name("ping.py", is_folder=False, wanted=("ping.py",)) is None


def test_two_spellings_of_a_name() -> None:
    assert same_person("Zhang  San") == same_person("ＺＨＡＮＧ san")
    assert words_of("2021001-张三_Lab1") == ["2021001", "张三", "lab1"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张三"),
        ("Jose\u0301", "José"),
        ("\u0926\u0947", "\u0926\u0947"),
        ("red\x1b[31m\n", "red\\x1b[31m\\n"),
        ("\udcff", "\\udcff"),
        ("\u202e", "\\u202e"),
    ],
)
def test_a_name_can_be_shown_and_stored(name: str, shown: str) -> None:
    assert readable(name) == shown
    shown.encode()
