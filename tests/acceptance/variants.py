"""Wrong and correct programs of a lab: a folder holds those that differ from the reference."""

from __future__ import annotations

import shutil
from pathlib import Path

from acceptance.compose import ROOT


def lay_out(lab: str, folder: Path, target: Path) -> None:
    """Make the folder `target`: the reference of `lab` with the programs of `folder` over it."""
    shutil.copytree(ROOT / "labs" / lab / "reference", target)
    for program in folder.glob("*.py"):
        shutil.copy(program, target)
