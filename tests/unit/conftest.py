"""Stand-ins for the machine that scripts/setup works on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machine.command import Log


@pytest.fixture
def fake_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that puts a shell script on PATH, where nothing else is found."""
    folder = tmp_path / "commands"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, script: str) -> None:
        program = folder / name
        program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        program.chmod(0o755)

    return put


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Return a log that no other set-up holds."""
    log = Log.open(tmp_path / "socklab" / "setup.log", on_wait=lambda: pytest.fail("waited"))
    yield log
    log.file.close()
