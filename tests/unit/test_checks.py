from pathlib import Path

import pytest

from grader.checks import Check, check_files, check_name, plan, read_title
from grader.errors import GraderError, UsageError
from grader.language import Text, same


def check(name: str, *requires: str) -> Check:
    return Check(name, same(name), 1, requires)


def english_only() -> None:
    """Only English.

    More English.
    """


def untold() -> None:
    pass


def in_both() -> None:
    """The server listens.
    服务器在监听。
    """


@pytest.mark.parametrize("function", [english_only, untold])
def test_a_title_in_one_language_is_the_authors_fault(function: object) -> None:
    with pytest.raises(GraderError, match="Chinese"):
        read_title(function)  # type: ignore[arg-type]


def test_a_title_is_the_first_two_lines() -> None:
    assert read_title(in_both) == Text("The server listens.", "服务器在监听。")


def test_an_unknown_check_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(UsageError) as wrong:
        plan([check("counts-bytes"), check("closes")], ["count-bytes"])
    assert "Did you mean counts-bytes?" in wrong.value.text.en
    assert "是不是想写 counts-bytes？" in wrong.value.text.zh
    assert "counts-bytes, closes" in wrong.value.text.en


def test_a_name_unlike_any_other_is_only_answered_with_all() -> None:
    with pytest.raises(UsageError) as wrong:
        plan([check("closes")], ["\x1b[31mzzz"])
    assert wrong.value.text.en == "There is no check named \\x1b[31mzzz.\nThere are: closes"


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ([check("a"), check("a")], "two checks are named a"),
        ([check("a", "b"), check("b", "a")], "require each other"),
        ([check("a", "z")], "a requires z"),
    ],
)
def test_an_authors_mistakes(checks: list[Check], message: str) -> None:
    with pytest.raises(GraderError, match=message):
        plan(checks)


def test_each_check_comes_after_those_it_requires() -> None:
    planned = plan([check("c", "b"), check("b", "a"), check("a"), check("d")])
    assert [one.name for one in planned] == ["a", "b", "c", "d"]


def test_chosen_checks_bring_what_they_require() -> None:
    planned = plan([check("a"), check("b"), check("c", "a")], ["c"])
    assert [one.name for one in planned] == ["a", "c"]


def test_names_are_as_typed() -> None:
    assert check_name("test_counts_bytes") == "counts-bytes"


def test_the_server_comes_first_and_wrong_programs_are_no_checks(tmp_path: Path) -> None:
    for name in ("test_together.py", "test_client.py", "test_server.py", "conftest.py"):
        (tmp_path / name).touch()
    (tmp_path / "mistakes").mkdir()
    (tmp_path / "mistakes" / "test_forged.py").touch()
    assert [path.name for path in check_files(tmp_path)] == [
        "test_server.py",
        "test_client.py",
        "test_together.py",
    ]
