"""Readers who go through documents, one after the other, while other tests run."""

import re
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from acceptance.compose import ROOT, project_copy
from repo.documents import Command, read_blocks
from repo.reader import Reader

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


def read_through(name: str) -> None:
    """Do all that a document shows, in a copy of the project; raises AssertionError."""
    blocks = read_blocks((ROOT / name).read_text())
    assert blocks, "a document for students shows at least one command"
    language = "zh" if ".zh-CN." in name else "en"
    with (
        tempfile.TemporaryDirectory() as scratch,
        project_copy(Path(scratch, "socklab"), language=language) as project,
        ExitStack() as terminals,
    ):
        reader = Reader(project, terminals)
        for block in blocks:
            if isinstance(block, tuple):
                commands = [without_not_run(command) for command in block]
                reader.follow(tuple(command for command in commands if command))
            else:
                reader.look(block)


class Readings:
    """Documents that are read ahead of the tests that ask for them, in their order."""

    def __init__(self) -> None:
        self._read: dict[str, Future[None]] = {}
        self._executor = ThreadPoolExecutor(1)

    def of(self, name: str) -> Future[None]:
        """Start to read a document, or give the reading that was started before."""
        if name not in self._read:
            self._read[name] = self._executor.submit(read_through, name)
        return self._read[name]

    def close(self) -> None:
        """Drop what nobody asks for any more, and wait for what runs."""
        self._executor.shutdown(cancel_futures=True)
