"""A command line that says what is wrong with it in both languages, as its help does.

For scripts/grade and scripts/setup, which has nothing but the standard library yet.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import NoReturn

# What argparse says itself; all other messages are ours and have both.
_CHINESE = (
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
    (r"argument (\S+): expected one argument", r"\1 后面要有一个值"),
    (r"argument (\S+): invalid int value: '(.*)'", r"\1 的值要是整数"),
    (r"argument (\S+): invalid choice: .+ \(choose from (.+)\)", r"\1 的值只能是 \2"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 不能与 \2 同用"),
    (r"argument (\S+): ignored explicit argument .+", r"\1 后面不带值"),
)


class Parser(ArgumentParser):
    """An ArgumentParser whose errors end with the same in Chinese, and with what to type next."""

    def error(self, message: str) -> NoReturn:
        """Say it and end the process with status 2."""
        super().error(f"{in_both(message)}\n{self.prog} --help")


def in_both(message: str) -> str:
    """Add the Chinese to a message of argparse's own."""
    for pattern, chinese in _CHINESE:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return f"{message} · {found.expand(chinese)}"
    return message
