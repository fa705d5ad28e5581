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
    ],
)
def test_wrong_words_end_with_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


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
