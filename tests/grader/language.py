"""The two languages of every sentence a student reads, side by side where it is used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from grader.escaping import SHOWN_BYTES, escape_bytes, escape_text

Language = Literal["en", "zh"]

# LAB_LANG is the lab's own; the others are looked at in the order of setlocale(3).
_VARIABLES = ("LAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True)
class Text:
    """One sentence in English and in Simplified Chinese.

    Both may hold the same `{placeholders}`; `fill` gives them their values.
    """

    en: str
    zh: str

    def fill(self, **values: object) -> Text:
        """Put values in place. What comes from a program may be passed in raw.

        A `str` is escaped onto one line, `bytes` are quoted, escaped and cut, a Text is put in
        by language as it is. Fill a text once: a second fill would read braces in the values.
        """
        shown = {name: _shown(value) for name, value in values.items()}
        return Text(
            en=self.en.format(**{name: _in(value, "en") for name, value in shown.items()}),
            zh=self.zh.format(**{name: _in(value, "zh") for name, value in shown.items()}),
        )

    def say(self, language: Language) -> str:
        """Give the sentence in one language."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en


def same(words: str) -> Text:
    """Make a Text of what is the same in both languages: a command, a name, a number."""
    return Text(en=words, zh=words)


def read_text(plain: Mapping[str, str]) -> Text:
    """Make a Text of what vars() gave of one: it has travelled, or was stored."""
    english, chinese = plain["en"], plain["zh"]
    return Text(english, chinese)


def quote_bytes(data: bytes, *, size_bytes: int | None = None) -> Text:
    """Show the first bytes of data, and how many there are if these are more.

    `size_bytes` is for data that was cut before: its real size.
    """
    size_bytes = len(data) if size_bytes is None else size_bytes
    shown = same(f'"{escape_bytes(data[:SHOWN_BYTES])}"')
    if size_bytes <= SHOWN_BYTES:
        return shown
    cut = _CUT.fill(shown=SHOWN_BYTES, size=size_bytes)
    english, chinese = shown.en + cut.en, shown.zh + cut.zh
    return Text(english, chinese)


def read_language(environment: Mapping[str, str] | None = None) -> Language:
    """Tell the reader's language from the first variable that is set; `zh…` is Chinese."""
    environment = os.environ if environment is None else environment
    chosen = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def _shown(value: object) -> object:
    match value:
        case str():
            return escape_text(value)
        case bytes():
            return quote_bytes(value)
    return value


def _in(value: object, language: Language) -> object:
    return value.say(language) if isinstance(value, Text) else value


_CUT = Text(" (the first {shown} of {size:,} bytes)", "（共 {size:,} 字节，只显示前 {shown} 个）")
