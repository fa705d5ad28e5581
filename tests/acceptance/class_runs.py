"""A class as tests grade it: a folder of submissions, scripts/grade on it, what came of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acceptance.compose import ROOT
from acceptance.grading import HOSTILE, REFERENCE, environment
from acceptance.waiting import eventually
from grader.classroom.gradebook import FILE, open_gradebook
from grader.classroom.rows import Row

MISTAKES = ROOT / "tests" / "lab1" / "mistakes"
LIMIT_S = 300.0
# What differs from run to run.
VARYING = ("at_s", "duration_s", "seconds", "graded_at", "place")


def hand_in(folder: Path, student: str, *, mistake: str = "", hostile: str = "") -> Path:
    """Make a submission: the reference, a mistake, or a hostile one."""
    target = folder / student
    shutil.copytree(REFERENCE, target)
    source = MISTAKES / mistake if mistake else HOSTILE / hostile if hostile else None
    if source:
        shutil.copytree(
            source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("report.txt")
        )
    if hostile and not (target / "client.py").read_text().startswith("import attack"):
        for name in ("server.py", "client.py"):
            if not (HOSTILE / hostile / name).exists() and (target / "attack.py").exists():
                right = (REFERENCE / name).read_text()
                (target / f"right_{name}").write_text(right)
                (target / name).write_text(f"import attack\nimport right_{name[:-3]}\n")
    return target


def start(
    *words: str, home: Path, cwd: Path | None = None, **variables: str
) -> subprocess.Popen[str]:
    """Type scripts/grade and let it run, in a process group of its own as a shell does."""
    return subprocess.Popen(
        [ROOT / "scripts" / "grade", *words],
        cwd=cwd or home,
        env=environment(home) | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for its end; gives the status and both outputs."""
    try:
        stdout, stderr = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, stdout, stderr


def rows(out: Path, lab: str = "lab1") -> dict[str, Row]:
    """Read the gradebook; nothing where there is none yet."""
    if not (out / FILE).exists():
        return {}
    with open_gradebook(out / FILE) as book:
        return {row.student: row for row in book.grades(lab).read()}


def wait_for_rows(out: Path, count: int) -> None:
    """Wait until so many submissions have ended."""
    for attempt in eventually(LIMIT_S):
        with attempt:
            done = [row for row in rows(out).values() if row.state == "graded"]
            assert len(done) >= count


def grading_processes(run: int) -> list[int]:
    """List the grading processes of a run: what the fork server's children have forked."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = path.with_name("cmdline").read_text()
            after = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if "grader.classroom.fork_server" in command:
            parents[int(path.parent.name)] = int(after[1])
    servers = {each for each, parent in parents.items() if parent == run}
    return [each for each, parent in parents.items() if parents.get(parent) in servers]


def without_varying(document: Any) -> Any:
    """Drop what differs from run to run, at any depth; addresses become one."""
    if isinstance(document, Mapping):
        return {
            key: without_varying(value) for key, value in document.items() if key not in VARYING
        }
    if isinstance(document, Sequence) and not isinstance(document, str):
        return [without_varying(each) for each in document]
    return document


def exported(out: Path, lab: str = "lab1") -> Any:
    """Read the class as JSON."""
    return json.loads((out / f"{lab}.json").read_text())
