"""What a seed draws."""

import pytest

from grader.seed import Seed, cut, cuts_inside_characters


@pytest.mark.parametrize(
    "cuts", [(0,), (3,), (2, 1), (1, 1)], ids=["start", "end", "falls", "twice"]
)
def test_cuts_that_are_no_cuts_are_refused(cuts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="do not rise inside 3 bytes"):
        cut(b"abc", cuts)


def test_cut_loses_nothing() -> None:
    assert cut(b"abcdef", (1, 4)) == (b"a", b"bcd", b"ef")


def test_cut_without_cuts_is_one_piece() -> None:
    assert cut(b"abc", ()) == (b"abc",)


def test_same_seed_and_check_draw_the_same() -> None:
    # Written down: draws must not change with the version of Python, or --seed replays nothing.
    draws = Seed(7).draws("counts-bytes")
    assert draws.text(8) == "9ß接🔌求🐍1🚀"
    assert draws.cuts(bytes(100), pieces=4) == (39, 49, 72)


def test_other_check_draws_otherwise() -> None:
    assert Seed(7).draws("one").text(20) != Seed(7).draws("two").text(20)


def test_other_seed_draws_otherwise() -> None:
    assert Seed(7).draws("one").text(20) != Seed(8).draws("one").text(20)


def test_fresh_seed_has_at_most_six_digits() -> None:
    assert 0 <= Seed.fresh().value < 1_000_000


@pytest.mark.parametrize("value", range(20))
def test_text_of_four_has_every_length_of_character(value: int) -> None:
    text = Seed(value).draws("text").text(4)
    assert sorted(len(character.encode()) for character in text) == [1, 2, 3, 4]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 50])
def test_text_has_the_size_asked_for(size: int) -> None:
    assert len(Seed(1).draws("text").text(size)) == size


def test_text_holds_nothing_that_may_be_stripped() -> None:
    text = Seed(3).draws("text").text(500)
    assert text.isprintable()
    assert " " not in text


@pytest.mark.parametrize("pieces", [1, 2, 9])
def test_cuts_make_so_many_pieces(pieces: int) -> None:
    data = bytes(range(9))
    cuts = Seed(5).draws("cuts").cuts(data, pieces=pieces)
    assert len(cut(data, cuts)) == pieces


def test_more_pieces_than_bytes_cut_each_byte() -> None:
    assert Seed(5).draws("cuts").cuts(b"abc", pieces=10) == (1, 2)


def test_numbers_include_both_ends() -> None:
    draws = Seed(1).draws("number")
    assert {draws.number(2, 4) for _ in range(100)} == {2, 3, 4}


def test_cuts_inside_characters_skip_ascii() -> None:
    assert cuts_inside_characters("a你b好") == (2, 6)
