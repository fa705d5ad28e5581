"""The secret of --personal: as it was typed, from a file, or from a variable of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.language import Text

SHORTEST = 8
FROM_FILE, FROM_VARIABLE = "@", "env:"


def read_secret(words: str, environment: Mapping[str, str] = os.environ) -> str:
    """Read `@FILE`, `env:NAME`, or the secret itself. Raises UsageError, which never tells it."""
    secret = words
    if words.startswith(FROM_FILE):
        path = words.removeprefix(FROM_FILE)
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as problem:
            why = getattr(problem, "strerror", None) or str(problem)
            raise UsageError(UNREADABLE.fill(path=path, problem=str(why))) from None
    elif words.startswith(FROM_VARIABLE):
        name = words.removeprefix(FROM_VARIABLE)
        if name not in environment:
            raise UsageError(NO_VARIABLE.fill(name=name))
        secret = environment[name].strip()
    if len(secret) < SHORTEST:
        raise UsageError(SHORT.fill(least=SHORTEST))
    return secret


def hide_secret(arguments: Sequence[str], typed: str | None) -> list[str]:
    """Give the arguments of a command; the word SECRET stands for a secret that was typed itself.

    `typed` is what followed --personal.
    """
    if not typed or typed.startswith((FROM_FILE, FROM_VARIABLE)):
        return [*arguments]
    secret = re.compile(rf"(--\w+=)?{re.escape(typed)}")
    return [
        secret.sub(r"\g<1>SECRET", each) if secret.fullmatch(each) else each for each in arguments
    ]


UNREADABLE = Text(
    "The secret cannot be read from {path}: {problem}", "无法从 {path} 读取密钥：{problem}"
)
NO_VARIABLE = Text(
    "There is no variable {name} with the secret. Type: export {name}=…",
    "没有存放密钥的环境变量 {name}。请输入：export {name}=…",
)
SHORT = Text(
    "The secret of --personal needs at least {least} characters, else it can be guessed. A good one"
    " is made by: openssl rand -hex 16 > secret.txt; then --personal @secret.txt",
    "--personal 的密钥至少要有 {least} 个字符，否则容易被猜到。可以这样生成：openssl rand -hex 16"
    " > secret.txt，然后用 --personal @secret.txt",
)
