"""The Python environment of the tests and scripts: .venv with what the lock file names."""

import hashlib
import importlib.util
import sys
from pathlib import Path

from machine import settings, text
from machine import system as machine_system
from machine.command import Log
from machine.system import System

# pip's own five retries make a dead index cost minutes. The rest of its settings are the user's.
PIP_OPTIONS = ("--disable-pip-version-check", "--no-input", "--retries=2")
MIRROR_COMMANDS = ("PIP_INDEX_URL=https://MIRROR/simple scripts/setup",)


def ensure(*, root: Path, system: System, log: Log) -> Path:
    """Return the environment's python, after making the environment afresh if it is not whole."""
    python = root / ".venv" / "bin" / "python"
    stamp = root / ".venv" / "socklab-stamp"
    lock = root / "scripts" / "requirements.txt"
    wanted = fingerprint(lock.read_bytes(), root=root, version=sys.version)
    if is_whole(python=python, stamp=stamp, wanted=wanted):
        return python
    stamp.unlink(missing_ok=True)
    if importlib.util.find_spec("ensurepip") is None:  # Debian ships it apart
        package = f"python3.{sys.version_info.minor}-venv"
        machine_system.install([package], system=system, log=log)
    log.run(
        *(sys.executable, "-m", "venv", "--clear", str(root / ".venv")),
        failure=text.VENV_FAILED,
        commands=["df -h", "scripts/setup"],
    )
    log.run(
        *(str(python), "-m", "pip", *PIP_OPTIONS, "install", "--require-hashes", "-r", str(lock)),
        failure=text.PIP_FAILED,
        commands=MIRROR_COMMANDS,
    )
    settings.write_whole(stamp, wanted)
    settings.give_to_owner(root / ".venv", root=root)
    return python


def fingerprint(lock: bytes, *, root: Path, version: str) -> str:
    """Return what an environment depends on, as a hash; scripts in it hold the checkout's path."""
    return hashlib.sha256(lock + f"\0{root}\0{version}".encode()).hexdigest() + "\n"


def is_whole(*, python: Path, stamp: Path, wanted: str) -> bool:
    """Was the environment finished, from this lock file and for this Python?"""
    return python.exists() and stamp.exists() and stamp.read_text() == wanted
