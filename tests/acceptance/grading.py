"""Grading as a test sees it: a process that grades many submissions, and scripts/grade itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acceptance.compose import ROOT, engine, listed

REFERENCE = ROOT / "labs" / "lab1" / "reference"
HOSTILE = Path(__file__).parent / "hostile"
LABEL = "socklab.grade"  # of all that grading creates in the engine
LIMIT_S = 120.0


@dataclass(frozen=True)
class Report:
    """A report as its reader counts it; `document` is the whole, as --json writes it."""

    document: Mapping[str, Any]

    @property
    def earned(self) -> int:
        return int(self.document["earned"])

    @property
    def possible(self) -> int:
        return int(self.document["possible"])

    @property
    def exit_status(self) -> int:
        return int(self.document["exit_status"])

    @property
    def passed(self) -> set[str]:
        """Names of the checks that passed."""
        return {each["name"] for each in self.document["checks"] if each["outcome"] == "passed"}

    @property
    def errors(self) -> list[object]:
        """What failed on the grader's side; nothing a submission does may bring that about."""
        checks = [each["error"] for each in self.document["checks"] if each["outcome"] == "error"]
        return [*checks, *([self.document["error"]] if self.document["error"] else [])]

    @property
    def text(self) -> str:
        """All of it, to look for what must not be in there."""
        return json.dumps(self.document, ensure_ascii=False)


class Grading:
    """One sandbox, kept between the submissions it is asked to grade."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.containers: list[str] = []  # that submissions have had so far
        self._process = process
        hello = self._read()
        self.run_id: str = hello.pop("run_id")
        self.addresses: Mapping[str, str] = hello

    def grade(self, submission: Path, *checks: str) -> Report:
        """Grade it, or some checks of it, with the next pair of hosts."""
        return Report(self._ask(submission=submission, checks=checks))

    def run(self, submission: Path, *argv: str, until: str = "", limit_s: float = 20.0) -> str:
        """Run a command on a fresh `server` with the submission on it; give both its outputs.

        Waits until it has ended, and it or a child that it left has printed `until`.
        """
        answer = self._ask(submission=submission, argv=argv, until=until, limit_s=limit_s)
        return str(answer["printed"])

    def _ask(self, *, submission: Path, **request: object) -> dict[str, Any]:
        assert self._process.stdin
        print(
            json.dumps({"submission": str(submission), **request}),
            file=self._process.stdin,
            flush=True,
        )
        answer = self._read()
        self.containers += answer["containers"]
        return answer

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process that grades has ended; its last words are on stderr"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def open_grading(folder: Path, *, lab: str = "lab1") -> Iterator[Grading]:
    """Open a lab's sandbox in a process of its own, whose home and temporary folder are `folder`.

    At the end nothing of it is in the engine, and nothing new in that folder.
    """
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "acceptance.grade_many", lab],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        grading = Grading(process)
        yield grading
        assert process.stdin
        process.stdin.close()
        assert process.wait(LIMIT_S) == 0
    assert traces(grading.run_id) == []
    assert processes_in(grading.containers) == []
    assert list(folder.iterdir()) == []


def scripts_grade(
    *words: str, folder: Path, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Type scripts/grade, with `folder` as home and for temporary files."""
    return subprocess.run(
        [ROOT / "scripts" / "grade", *words],
        cwd=cwd or folder,
        env=environment(folder) | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def environment(folder: Path) -> dict[str, str]:
    """Give variables under which whatever is written into a user's folders is seen."""
    own = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    plugins = os.environ.get("DOCKER_CONFIG") or str(
        Path.home() / ".docker"
    )  # Compose may be there
    engines = {
        name: value for name, value in os.environ.items() if name.startswith(("DOCKER_", "LAB_"))
    }
    path = f"{ROOT / 'tests'}:{ROOT / 'images' / 'wire'}"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": path,
        "DOCKER_CONFIG": plugins,
        **engines,
        **own,
    }


def attack(name: str, folder: Path, *programs: str, **files: object) -> Path:
    """Make a submission of hostile/NAME in a new folder and the right programs of the reference.

    A program of `programs` that hostile/NAME lacks begins with its attack.py, then does what is
    right; one not named does only what is right. `files` are written beside them, as NAME.json.
    """
    submission = folder / name
    shutil.copytree(HOSTILE / name, submission)
    for program in ("server", "client"):
        right = (REFERENCE / f"{program}.py").read_text()
        (submission / f"right_{program}.py").write_text(right)
        own = submission / f"{program}.py"
        if not own.exists():
            attacks = f"import attack\nimport right_{program}\n"
            own.write_text(attacks if program in programs else right)
    for stem, content in files.items():
        (submission / f"{stem}.json").write_text(json.dumps(content))
    return submission


def traces(run_id: str) -> Sequence[str]:
    """Name what a run has left in the engine: all that has its label."""
    with engine() as client:
        return [one.name for one in listed(client, label=f"{LABEL}={run_id}")]


def processes_in(containers: Sequence[str]) -> list[str]:
    """List processes of this machine that belong to one of these containers, by their cgroup."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cgroup"):
        try:
            group = path.read_text()
        except OSError:  # it has ended
            continue
        found += [path.parent.name for each in containers if each in group]
    return found
