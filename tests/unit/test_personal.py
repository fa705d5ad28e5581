"""Values of each student's own are the same at any time, and nobody else's."""

import pytest

from grader.errors import UsageError
from grader.personal import CHARACTERS, FIRST_PORT, LAST_PORT, TOKEN, Values, read_values, values_of
from grader.ports import END
from grader.secret import hide_secret, read_secret

SECRET = "0123456789abcdef"  # noqa: S105 - of nobody


def test_they_stay_the_same() -> None:
    assert str(values_of("张三", SECRET)) == "22188 oizxkofu 木春湖月"
    assert values_of("Zhang San", SECRET) == values_of(" zhangsan ", SECRET)
    assert values_of("Ｚhang San", SECRET) == values_of("Zhang San", SECRET)


def test_another_name_or_another_secret_has_others() -> None:
    assert values_of("A+", SECRET) != values_of("A-", SECRET)
    assert values_of("a", SECRET).token != values_of("a", SECRET + "x").token


def test_a_class_of_thousands_has_no_token_twice() -> None:
    found = [values_of(str(number), SECRET) for number in range(5000)]
    assert len({each.token for each in found}) == len({each.key for each in found}) == 5000
    assert all(TOKEN.fullmatch(each.token) for each in found)
    assert all(FIRST_PORT <= each.port <= LAST_PORT for each in found)
    assert {len(each.payload) for each in found} == {4}
    assert len({each.port for each in found}) > 3000


def test_ports_are_neither_the_checks_nor_those_of_a_kernel() -> None:
    assert END <= FIRST_PORT < LAST_PORT < 32768
    assert len(set(CHARACTERS)) == 32


def test_what_is_written_can_be_read() -> None:
    values = values_of("a", SECRET)
    assert read_values(str(values)) == values
    assert read_values("  21000  abcd2345  a b ") == Values(21000, "abcd2345", "a b")


@pytest.mark.parametrize("words", ["", "21000", "21000 abcd2345", "x abcd2345 y", "1 ABCD2345 y"])
def test_what_is_no_values(words: str) -> None:
    with pytest.raises(UsageError, match="no values"):
        read_values(words)


def test_a_secret_as_it_is_from_a_file_or_from_a_variable(tmp_path: object) -> None:
    path = f"{tmp_path}/secret"
    with open(path, "w") as file:  # noqa: PTH123 - a name is what is typed
        file.write(SECRET + "\n")
    assert read_secret(SECRET) == SECRET
    assert read_secret(f"@{path}") == SECRET
    assert read_secret("env:S", {"S": SECRET}) == SECRET


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("short", "at least 8 characters"),
        ("@/nowhere/secret", "cannot be read from /nowhere/secret"),
        ("env:NONE", "export NONE="),
        ("env:SHORT", "at least 8 characters"),
    ],
)
def test_a_secret_that_is_none(words: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        read_secret(words, {"SHORT": "guess"})
    assert "guess" not in caught.value.text.en.split("else")[0]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (SECRET, ["--personal", "SECRET", "--out", f"of {SECRET}"]),
        ("@secret.txt", ["--personal", "@secret.txt", "--out", f"of {SECRET}"]),
        ("env:S", ["--personal", "env:S", "--out", f"of {SECRET}"]),
    ],
)
def test_a_secret_that_was_typed_is_not_shown_again(typed: str, shown: list[str]) -> None:
    assert hide_secret(["--personal", typed, "--out", f"of {SECRET}"], typed) == shown
    joined = [f"--personal={typed}", *shown[2:]]
    assert hide_secret(joined, typed) == [f"--personal={shown[1]}", *shown[2:]]


def test_without_a_secret_nothing_is_hidden() -> None:
    assert hide_secret(["lab1", ""], None) == ["lab1", ""]
