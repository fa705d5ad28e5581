import pytest
from rich.cells import cell_len

from grader.escaping import (
    SHOWN_CELLS,
    Rows,
    difference_rows,
    escape_bytes,
    escape_text,
    first_difference,
)

HOSTILE = {
    "escape sequence": "\x1b[31mred",
    "carriage return": "ok\rFAILED",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b",
    "zero width": "a\u200bb",
    "byte order mark": "\ufeffa",
    "combining": "a\u0301\u0301",
    "line separator": "a\u2028b",
    "lone surrogate": "a\udcffb",
    "C1 control": "a\x9bb",
    "private use": "a\ue000b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_that_steers_a_terminal_is_escaped(text: str) -> None:
    shown = escape_text(text)
    assert "\\" in shown
    assert shown.isprintable()
    assert shown.encode()


def test_newlines_are_kept_only_where_asked() -> None:
    assert escape_text("a\nb") == r"a\nb"
    assert escape_text("a\nb", keep="\n") == "a\nb"


def test_escaping_text_twice_changes_nothing_more() -> None:
    once = escape_text("\x1b \n \\ 你好")
    assert escape_text(once) == once


def test_bytes_show_whole_characters_and_escape_the_rest() -> None:
    assert escape_bytes("6 bytes: 你好\r\n".encode()) == r"6 bytes: 你好\r\n"
    assert escape_bytes("好".encode()[:2]) == r"\xe5\xa5"
    assert escape_bytes(b"\x00\xff\\") == r"\x00\xff" + "\\\\"


@pytest.mark.parametrize(
    ("saw", "wanted", "offset"),
    [
        (b"", b"", None),
        (b"abc", b"abc", None),
        (b"abc", b"abd", 2),
        (b"", b"a", 0),
        (b"ab", b"abc", 2),
        (b"abc", b"ab", 2),
        (b"x" * 9999 + b"a" + b"y" * 9999, b"x" * 9999 + b"b" + b"y" * 9999, 9999),
    ],
)
def test_first_difference(saw: bytes, wanted: bytes, offset: int | None) -> None:
    assert first_difference(saw, wanted) == offset


def rows(saw: bytes, wanted: bytes) -> Rows:
    offset = first_difference(saw, wanted)
    assert offset is not None
    return difference_rows(saw, wanted, offset)


def test_caret_stands_under_the_first_differing_byte() -> None:
    found = rows("2 bytes: 你好\n".encode(), "6 bytes: 你好\n".encode())
    assert found.saw == r'"2 bytes: 你好\n"'
    assert found.wanted == r'"6 bytes: 你好\n"'
    assert found.caret_cells == 1


def test_caret_counts_cells_of_chinese_characters() -> None:
    found = rows("你好a".encode(), "你好b".encode())
    assert found.offset == 6
    assert found.caret_cells == 5


def test_a_difference_inside_a_character_shows_its_bytes() -> None:
    found = rows("你".encode(), "们".encode())
    assert found.saw == r'"\xe4\xbd\xa0"'
    assert found.wanted == r'"\xe4\xbb\xac"'
    assert found.caret_cells == len(r'"\xe4')


def test_a_missing_end_puts_the_caret_behind_what_came() -> None:
    found = rows(b"abc", b"abcdef")
    assert found.saw == '"abc"'
    assert found.caret_cells == 4


@pytest.mark.parametrize("filler", [b"x", b"\x00", "好".encode(), b"\xff"])
def test_long_rows_are_cut_on_both_sides_and_stay_narrow(filler: bytes) -> None:
    found = rows(filler * 500 + b"a" + filler * 500, filler * 500 + b"b" + filler * 500)
    for row in (found.saw, found.wanted):
        assert row.startswith('"…')
        assert row.endswith("…")
        assert cell_len(row) <= SHOWN_CELLS + 2
    assert found.start > 0
    assert found.saw[: found.saw.index("a")] == found.wanted[: found.wanted.index("b")]
