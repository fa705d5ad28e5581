"""The table of words is whole in both languages."""

from string import Formatter

import pytest

from wire.connection import Note
from wire.words import WORDS, language_of, say


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("key", WORDS)
def test_sentence_has_both_languages_with_the_same_placeholders(key: str) -> None:
    words = WORDS[key]
    assert words.en.strip()
    assert words.zh.strip()
    assert placeholders(words.en) == placeholders(words.zh)


@pytest.mark.parametrize("key", WORDS)
def test_chinese_is_chinese(key: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in WORDS[key].zh)
    assert WORDS[key].en.isascii()


@pytest.mark.parametrize("note", Note)
def test_every_note_has_words(note: Note) -> None:
    assert say(note, "en") != say(note, "zh")


@pytest.mark.parametrize("value", ["", "C", "en_US.UTF-8", "de_DE", "xzh"])
def test_all_but_chinese_is_english(value: str) -> None:
    assert language_of(value) == "en"


@pytest.mark.parametrize("value", ["zh", "zh_CN.UTF-8", "ZH"])
def test_chinese_locales_are_chinese(value: str) -> None:
    assert language_of(value) == "zh"
