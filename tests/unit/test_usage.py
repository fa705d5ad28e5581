"""Wrong usage of scripts/setup; that of scripts/grade is in test_command_line.py."""

import re

import pytest

from machine.__main__ import parser


@pytest.mark.parametrize(
    "words",
    [["--nonsense"], ["--lang", "fr"], ["--save"], ["--tests=yes"], ["--save", "a", "--load", "b"]],
)
def test_wrong_words_are_told_in_both_languages(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    assert ended.value.code == 2
    error = capsys.readouterr().err.partition("scripts/setup: error: ")[2]
    assert re.search(r" · .*[\u4e00-\u9fff]", error), error
    assert error.endswith("\nscripts/setup --help\n")


def test_help_says_every_option_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    told = parser().format_help()
    for option in ("--save FILE ", "--load FILE ", "--tests ", "--lang {en,zh} "):
        (line,) = (each for each in told.splitlines() if each.strip().startswith(option))
        assert re.search(r" · .*[\u4e00-\u9fff]", line), line
