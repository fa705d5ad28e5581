"""A check as its author wrote it: its name, sentence and points, and in which order to run them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.deadline import CHECK_LIMIT_S
from grader.errors import GraderError, UsageError
from grader.language import Text, same

_FIRST_FILES = ("test_server", "test_client")  # a lab's story: the server, the client, then both


@dataclass(frozen=True)
class Check:
    """One check of a lab. `requires` names the checks without which it says nothing."""

    name: str
    title: Text
    points: int
    requires: tuple[str, ...] = ()
    limit_s: float = CHECK_LIMIT_S
    hidden: bool = False


def check_name(function_name: str) -> str:
    """Make the name a person types: counts-bytes of test_counts_bytes."""
    return function_name.removeprefix("test_").replace("_", "-")


def read_title(function: Callable[..., object]) -> Text:
    """Read the sentence in English and in Chinese from the first two lines of a docstring.

    Raises GraderError if one is missing: an author's mistake, met when checks are collected.
    """
    lines = [line.strip() for line in (inspect.getdoc(function) or "").splitlines()[:2]]
    if len(lines) < 2 or not lines[0] or not any("\u4e00" <= char <= "\u9fff" for char in lines[1]):
        raise GraderError(
            f"{function.__name__}: the first line of its docstring has to be the sentence in"
            " English, the second line the same in Chinese"
        )
    return Text(en=lines[0], zh=lines[1])


def plan(checks: Sequence[Check], chosen: Collection[str] = ()) -> tuple[Check, ...]:
    """Put checks in order, each after those it requires; only the chosen ones and their needs.

    Raises UsageError for a chosen name that does not exist, GraderError for an author's mistake.
    """
    by_name = {check.name: check for check in checks}
    if len(by_name) < len(checks):
        names = [check.name for check in checks]
        raise GraderError(f"two checks are named {next(n for n in names if names.count(n) > 1)}")
    for name in chosen:
        if name not in by_name:
            raise UsageError(unknown(Text("check", "检查"), name, by_name))
    ordered: dict[str, Check] = {}

    def place(name: str, wanted_by: tuple[str, ...]) -> None:
        if name in wanted_by:
            raise GraderError(f"checks require each other: {' -> '.join((*wanted_by, name))}")
        if name not in by_name:
            raise GraderError(f"{wanted_by[-1]} requires {name}, which is no check of this lab")
        for required in by_name[name].requires:
            place(required, (*wanted_by, name))
        ordered.setdefault(name, by_name[name])

    for check in checks:
        if not chosen or check.name in chosen:
            place(check.name, ())
    return tuple(ordered.values())


def unknown(what: Text, name: str, valid: Collection[str]) -> Text:
    """Say that a name is unknown, what may have been meant, and which names there are."""
    close = difflib.get_close_matches(name, list(valid), n=1)
    meant = (
        Text(" Did you mean {name}?", "是不是想写 {name}？").fill(name=close[0])
        if close
        else same("")
    )
    return Text(
        "There is no {what} named {name}.{meant}\nThere are: {valid}",
        "没有名为 {name} 的{what}。{meant}\n可用的有：{valid}",
    ).fill(what=what, name=name, meant=meant, valid=", ".join(valid))


def check_files(folder: Path) -> list[Path]:
    """List the files of a lab's checks: test_server, test_client, the others by name.

    Only these are ever given to pytest. The folders of wrong programs beside them are not.
    """
    found = sorted(folder.glob("test_*.py"))
    return sorted(
        found,
        key=lambda p: _FIRST_FILES.index(p.stem) if p.stem in _FIRST_FILES else len(_FIRST_FILES),
    )
