import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.prose import Prose, wrap


@pytest.mark.parametrize("width", range(4, 40))
@pytest.mark.parametrize(
    "words",
    [
        "一次 recv() 不等于一个回复：它只返回已经到达的部分。请继续接收（直到 b''）。",
        "one recv() is not one reply: it returns what has come",
        "“好”，“好”，（好）；好、好。",
        "  indented  twice",
    ],
)
def test_nothing_is_lost_and_no_line_begins_with_closing_punctuation(
    words: str, width: int
) -> None:
    lines = list(wrap(words, width))
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert not any(line[:1] in "，。：；）”、" for line in lines if line)
    longest_piece = 12
    assert all(cell_len(line) <= max(width, longest_piece) for line in lines)


def test_chinese_fills_its_lines() -> None:
    assert list(wrap("一次 recv() 不等于一个回复：它只返回", 20)) == [
        "一次 recv() 不等于一",
        "个回复：它只返回",
    ]


def test_english_breaks_between_words() -> None:
    assert list(wrap("one two three", 9)) == ["one two", "three"]


def test_lines_that_fit_stay_as_they_are() -> None:
    assert list(wrap("a\n    ^ here\n", 20)) == ["a", "    ^ here", ""]


def test_a_word_without_a_break_is_folded_by_the_terminal() -> None:
    file = io.StringIO()
    Console(file=file, width=10).print(Prose("x" * 25))
    assert file.getvalue().split() == ["x" * 10, "x" * 10, "x" * 5]
