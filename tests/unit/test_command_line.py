import re
from pathlib import Path

import pytest

from grader.command_line import read_arguments


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["lab1", "--clean"],
        ["lab1", "lab2"],
        ["lab1", "--seed", "x"],
        ["lab1", "--lang", "fr"],
        ["lab1", "--sub", "x"],
        ["lab1", "--nonsense"],
        ["lab1", "--submission"],
        ["lab1", "--clean=yes"],
        ["lab1", "--submissions", "x", "--submission", "y"],
        ["lab1", "--submissions", "x", "--check", "y"],
        ["lab1", "--submissions", "x", "--jobs", "0"],
        ["lab1", "--submissions", "x", "--format", "pdf"],
        ["lab1", "--jobs", "2"],
        ["lab1", "--out", "x", "--rerun", "all"],
        ["lab1", "--format", "csv"],
        ["lab1", "--personal", "x"],
        ["lab1", "--whoami", "x"],
        ["lab1", "--whoami", "x", "--personal", "y", "--submissions", "z"],
        ["lab1", "--values", "21000"],
        ["lab1", "--submissions", "x", "--values", "21000 abcd2345 x"],
    ],
)
def test_wrong_words_end_with_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(words)
    assert ended.value.code == 2
    usage, error = capsys.readouterr().err.split("scripts/grade: error: ")
    assert usage.startswith("usage:")
    assert re.search(r" · .*[\u4e00-\u9fff]", error), error
    assert error.endswith("\nscripts/grade --help\n")


def test_help_names_every_option_and_says_it_in_chinese_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for option in (
        "--submission",
        "--check",
        "--keep-open",
        "--seed",
        "--lang",
        "--hidden",
        "--clean",
    ):
        assert option in told
    assert "批改" in told


def test_checks_may_be_repeated() -> None:
    arguments = read_arguments(["lab1", "--check", "a", "--check", "b", "--submission", "x.zip"])
    assert arguments.check == ["a", "b"]
    assert arguments.submission == Path("x.zip")


def test_clean_needs_no_lab() -> None:
    assert read_arguments(["--clean"]).clean


def test_a_class_or_its_files_alone() -> None:
    arguments = read_arguments(["lab1", "--submissions", "x", "--format", "csv, junit"])
    assert arguments.is_class
    assert arguments.format == ("csv", "junit")
    assert read_arguments(["lab1", "--out", "x", "--format", "html"]).is_class
    assert not read_arguments(["lab1"]).is_class
