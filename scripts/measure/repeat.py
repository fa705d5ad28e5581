"""Whether the same program always gets the same report: reference and mistakes of every lab."""

import json
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from acceptance.variants import lay_out
from grader.grading import Lab, find_lab, grade, lab_names
from grader.log import ErrorLog
from grader.result_json import as_json
from grader.sandbox import Sandbox, new_run_id, open_sandbox
from grader.seed import Seed
from grader.stage import open_stage
from grader.submission import read_submission
from grader.topology import read_topology

ROUNDS = 50


@dataclass(frozen=True)
class Repetition:
    """For each program, how often it got which report."""

    reports: dict[str, Counter[str]]

    @property
    def different(self) -> dict[str, int]:
        """How many reports on a program differed from its most frequent one."""
        return {
            program: counted.total() - max(counted.values(), default=0)
            for program, counted in self.reports.items()
        }

    @property
    def is_within_limit(self) -> bool:
        """Were all reports the same?"""
        return not any(self.different.values())

    def table(self) -> Table:
        """Return a row for each program with other reports, and the total."""
        total = sum(counted.total() for counted in self.reports.values())
        drawn = Table(title=f"{total} reports on {len(self.reports)} programs")
        drawn.add_column("program")
        drawn.add_column("other reports", justify="right")
        for program, count in self.different.items():
            if count:
                drawn.add_row(program, str(count))
        drawn.add_row("all", str(sum(self.different.values())))
        return drawn


def measure(root: Path, rounds: int) -> Repetition:
    """Grade the reference and each mistake of every lab, `rounds` times.

    Each lab has a process and a sandbox of its own, all at once, so the machine is a busy one. Each
    grading has fresh containers. Ctrl-C ends it early; what was counted until then is the result.
    """
    labs = lab_names(root)
    with ProcessPoolExecutor(len(labs)) as processes:
        running = [processes.submit(repeat_lab, root, lab, rounds) for lab in labs]
        while True:
            try:
                counted = [each.result() for each in running]
                return Repetition({name: c for each in counted for name, c in each.items()})
            except KeyboardInterrupt:  # the processes have it, too, and hand over what they have
                continue


def repeat_lab(root: Path, name: str, rounds: int) -> dict[str, Counter[str]]:
    """Count by program which reports it got; after Ctrl-C those so far."""
    lab = find_lab(name)
    mistakes = sorted((root / "tests" / name / "mistakes").iterdir())
    programs = {"reference": lab.folder / "reference"} | {path.name: path for path in mistakes}
    reports: dict[str, Counter[str]] = {f"{name} {each}": Counter() for each in programs}
    topology = read_topology(root, lab.name)
    with suppress(KeyboardInterrupt), open_sandbox(topology, run_id=new_run_id()) as sandbox:
        for done in range(1, rounds + 1):
            for each, folder in programs.items():
                reports[f"{name} {each}"][verdicts(lab, folder, sandbox)] += 1
            print(f"{name}: {done} of {rounds} rounds", file=sys.stderr, flush=True)
    return reports


def verdicts(lab: Lab, folder: Path, sandbox: Sandbox) -> str:
    """Return what a report says but for what may vary: times, addresses, sizes of full buffers.

    Raises KeyboardInterrupt, which the grading itself takes for an end like any other.
    """
    with tempfile.TemporaryDirectory() as scratch:
        programs = Path(scratch, "programs")
        lay_out(lab.name, folder, programs)
        submission = read_submission(programs, wanted=lab.wanted)
        with open_stage(sandbox, submission) as stage:
            log = ErrorLog(to_stderr=True)
            report = grade(lab, submission, lambda: stage, seed=Seed(1), log=log)
    if report.is_interrupted:
        raise KeyboardInterrupt
    checks = as_json(report)["checks"]
    assert isinstance(checks, list)
    return json.dumps(
        [(check["name"], check["outcome"], (check["lesson"] or {}).get("hint")) for check in checks]
    )
