"""What a check draws at random: the same for the same seed, check and Python version or not."""

from __future__ import annotations

import hashlib
import random
import secrets
from dataclasses import dataclass
from itertools import pairwise

# One row per length of a character in UTF-8, 1 to 4 bytes. No space, no control character: a line
# of these has nothing that a program may rightly strip.
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "éèüößñçøåÄλπσωжяшд",
    "你好世界网络编程套接字服务器客户端字节连接请求",
    "😀🚀🐍🎉🌍🔌",
)
SEEDS = 1_000_000  # six digits: short enough to type after --seed


@dataclass(frozen=True)
class Seed:
    """The number that the report prints and `--seed` takes."""

    value: int

    @classmethod
    def fresh(cls) -> Seed:
        """Draw a new seed."""
        return cls(secrets.randbelow(SEEDS))

    def draws(self, check: str) -> Draws:
        """Give a check its own draws, which no other check's use of the seed changes."""
        digest = hashlib.sha256(f"{self.value}:{check}".encode()).digest()
        return Draws(random.Random(int.from_bytes(digest, "big")))  # noqa: S311 - to be replayed


class Draws:
    """Random choices of one check. Uses `randrange` alone, which all Python 3 versions agree on."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def number(self, low: int, high: int) -> int:
        """Draw a number from low to high, both included."""
        return self._source.randrange(low, high + 1)

    def text(self, characters: int) -> str:
        """Draw a text that has characters of 1, 2, 3 and 4 bytes, given room for all four.

        No two neighbours have the same length in UTF-8, so cuts fall into every kind.
        """
        lengths = [self._source.randrange(len(ALPHABETS))]
        while len(lengths) < characters:
            lengths.append((lengths[-1] + self.number(1, len(ALPHABETS) - 1)) % len(ALPHABETS))
        for place in range(min(characters, len(ALPHABETS))):
            lengths[place] = (lengths[0] + place) % len(ALPHABETS)
        rows = [ALPHABETS[length] for length in lengths[:characters]]
        return "".join(row[self._source.randrange(len(row))] for row in rows)

    def cuts(self, data: bytes, *, pieces: int) -> tuple[int, ...]:
        """Draw where to cut data into so many pieces (fewer where there are too few bytes)."""
        places = set[int]()
        while len(places) < min(pieces, len(data)) - 1:
            places.add(self._source.randrange(1, len(data)))
        return tuple(sorted(places))


def cut(data: bytes, cuts: tuple[int, ...]) -> tuple[bytes, ...]:
    """Cut data before each of the given places, which lie inside it and rise."""
    edges = (0, *cuts, len(data))
    if list(edges) != sorted(set(edges)):
        raise ValueError(f"cuts {cuts} do not rise inside {len(data)} bytes")
    return tuple(data[start:end] for start, end in pairwise(edges))


def cuts_inside_characters(text: str) -> tuple[int, ...]:
    """Give a place inside each character of more than one byte, after its first byte."""
    places, at = [], 0
    for character in text:
        if len(character.encode()) > 1:
            places.append(at + 1)
        at += len(character.encode())
    return tuple(places)
