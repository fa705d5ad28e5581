import string

import pytest

from machine import text
from machine.text import Text, chosen_language

TEXTS = {name: value for name, value in vars(text).items() if isinstance(value, Text)}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_say_the_same(name: str) -> None:
    sentence = TEXTS[name]
    assert sentence.en
    assert sentence.zh
    assert placeholders(sentence.en) == placeholders(sentence.zh)


@pytest.mark.parametrize("name", TEXTS)
def test_english_is_ascii(name: str) -> None:
    assert TEXTS[name].en.isascii()


@pytest.mark.parametrize(
    ("asked", "environ", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LAB_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ("en", {"LAB_LANG": "zh"}, "en"),
        (None, {"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
    ],
)
def test_the_nearest_setting_chooses(
    asked: str | None, environ: dict[str, str], language: str
) -> None:
    assert chosen_language(asked, environ) == language
