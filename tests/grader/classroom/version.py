"""The version of a lab's checks: what decides a result, as a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from grader.grading import PROJECT, TESTS, Lab

DIGITS = 12


def checks_version(lab: Lab, hidden: bytes = b"") -> str:
    """Give 12 hex digits that change with the checks, the grader, the hosts or the wire's reader.

    `hidden` are further checks as they travel; those that `lab` has of another folder are not
    looked at. Pages of the class and of the terminal decide nothing, so they are not in it.
    """
    digest = hashlib.sha256(hidden)
    for path in sorted(set(_deciding(lab))):
        digest.update(
            f"{path.relative_to(PROJECT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()[:DIGITS]


def _deciding(lab: Lab) -> Iterator[Path]:
    yield from (TESTS / lab.name).glob("*.py")
    yield from (TESTS / lab.name / "hidden").glob("*.py")
    yield from (TESTS / "grader").glob("*.py")
    yield from (TESTS / "grader" / "agent").glob("*.py")
    yield from (PROJECT / "images" / "wire" / "wire").glob("*.py")
    yield from (path for path in (PROJECT / "images" / "host").iterdir() if path.is_file())
    yield lab.folder / "compose.yaml"


def content_of(archive: bytes) -> str:
    """Give the hash of a submission's files; the same files have the same."""
    return hashlib.sha256(archive).hexdigest()
