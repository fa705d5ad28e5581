"""Every command of the READMEs and the handouts runs, and prints what they say it prints."""

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.compose import ROOT, project_copy
from repo.documents import Command, read_blocks
from repo.reader import Reader

DOCUMENTS = [
    str(path.relative_to(ROOT))
    for pattern in ("README*.md", "labs/lab*/README*.md")
    for path in sorted(ROOT.glob(pattern))
]
# What a test may not do to the machine it runs on; of `a && b` the rest is run.
NOT_RUN = {
    r"(\w+=\S+ )*scripts/setup\b.*": "changes the machine; it has tests of its own",
    r"(\w+=\S+ )*scripts/test\b.*": "would run this test",
    r"sudo\b.*": "changes the machine",
    r"git clone\b.*": "the copy under test is the clone",
    r"docker compose build\b.*": "replaces images that others use",
}


def without_not_run(command: Command) -> Command | None:
    """The command without the parts that may not be run here; None if nothing is left."""
    parts = re.split(r" && ", command.text)
    kept = [part for part in parts if not any(re.fullmatch(one, part) for one in NOT_RUN)]
    if not kept:
        return None
    text = " && ".join(kept)
    return replace(command, text=text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_terminal_shows_what_the_document_says(name: str, tmp_path: Path) -> None:
    blocks = read_blocks((ROOT / name).read_text())
    assert blocks, "a document for students shows at least one command"
    language = "zh" if ".zh-CN." in name else "en"
    with project_copy(tmp_path / "socklab", language=language) as project, ExitStack() as terminals:
        reader = Reader(project, terminals)
        for block in blocks:
            if isinstance(block, tuple):
                commands = [without_not_run(command) for command in block]
                reader.follow(tuple(command for command in commands if command))
            else:
                reader.look(block)


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
