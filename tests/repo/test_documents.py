"""Every command of the READMEs and the handouts runs, and prints what they say it prints."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.compose import ROOT
from repo.documents import read_blocks

DOCUMENTS = [
    str(path.relative_to(ROOT))
    for pattern in ("README*.md", "labs/lab*/README*.md", "labs/LOOKING-BACK*.md")
    for path in sorted(ROOT.glob(pattern))
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_terminal_shows_what_the_document_says(
    name: str, document_read: Callable[[str], None]
) -> None:
    document_read(name)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_languages_show_the_same_commands(name: str) -> None:
    """But for an option that chooses the language."""
    other = name.replace(".zh-CN", "") if ".zh-CN" in name else name.replace(".md", ".zh-CN.md")
    shown = [commands_of(ROOT / one) for one in (name, other)]
    assert shown[0] == shown[1]


def commands_of(path: Path) -> list[str]:
    blocks = read_blocks(path.read_text())
    commands = [one.text for block in blocks if isinstance(block, tuple) for one in block]
    return [re.sub(r" --lang \w+", "", command) for command in commands]
