"""Grades one submission: pytest runs a lab's checks against a stage."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.checks import Check, check_files, unknown
from grader.errors import GraderError, UsageError
from grader.language import Text
from grader.ports import ports_of
from grader.result import CheckResult, Report
from grader.seed import Seed

if TYPE_CHECKING:
    from grader.personal import Values
    from grader.seams import Log, Stage
    from grader.submission import Submission

TESTS = Path(__file__).resolve().parents[1]
PROJECT = TESTS.parent
# Each of these costs time at every start, or writes where a report is to be.
_WITHOUT = (
    *("cacheprovider", "terminal", "logging", "faulthandler", "junitxml", "pastebin"),
    *("doctest", "legacypath", "setuponly", "setupplan", "stepwise"),
    *("unraisableexception", "threadexception"),  # collect all garbage, twice
)

_EXPECTED = (0, 1, 2, 5)  # pytest.ExitCode: fine, failed, interrupted, nothing collected


@dataclass(frozen=True)
class Lab:
    """A lab that can be graded: its folder, the files a submission has, the files of checks."""

    name: str
    folder: Path
    wanted: tuple[str, ...]
    checks: tuple[Path, ...]

    @property
    def programs(self) -> Path:
        """What a student edits: the submission unless another is named."""
        return self.folder / "programs"


def lab_names(project: Path = PROJECT) -> list[str]:
    """List the labs that have a compose file and checks."""
    found = (path.parent.name for path in (project / "labs").glob("*/compose.yaml"))
    return sorted(
        (name for name in found if any((project / "tests" / name).glob("test_*.py"))),
        key=lambda name: (len(name), name),
    )


def find_lab(name: str, *, project: Path = PROJECT, hidden: Path | None = None) -> Lab:
    """Find a lab by its name. Raises UsageError that lists the labs, or names the wrong folder.

    Hidden checks are those in tests/LAB/hidden, where there is such a folder, and in `hidden`.
    """
    valid = lab_names(project)
    if name not in valid:
        raise UsageError(unknown(Text("lab", "实验"), name, valid))
    folder = project / "labs" / name
    tests = project / "tests" / name
    extra = check_files(hidden.resolve()) if hidden else []
    if hidden and not extra:
        raise UsageError(
            Text(
                "{path} has no checks: no file named test_*.py",
                "{path} 里没有检查：没有 test_*.py 文件",
            ).fill(path=str(hidden))
        )
    wanted = tuple(sorted(path.name for path in (folder / "programs").glob("*.py")))
    checks = (*check_files(tests), *check_files(tests / "hidden"), *extra)
    return Lab(name, folder, wanted, checks)


def grade(
    lab: Lab,
    submission: Submission,
    stage: Callable[[], Stage],
    *,
    seed: Seed,
    chosen: Sequence[str] = (),
    tells_hidden: bool = False,
    log: Log,
    personal: Values | None = None,
    ports: range | None = None,
    on_start: Callable[[Check, int, int], None] = lambda check, index, total: None,
    on_plan: Callable[[Sequence[Check]], None] = lambda checks: None,
    on_end: Callable[[CheckResult], None] = lambda result: None,
) -> Report:
    """Run the checks one after another; gives what was graded so far after Ctrl-C.

    `stage` is called from this thread and may wait. Raises UsageError for a chosen check that
    does not exist. What fails on our side is in the report, whose exit status then is 3. `ports`
    are those of the checks, where not those of a single submission.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest

    from grader.plugin import Choice, GraderPlugin

    visible = TESTS / lab.name
    choice = Choice(tuple(chosen), seed, visible, tells_hidden, personal, ports or ports_of())
    plugin = GraderPlugin(stage, choice, log=log, on_plan=on_plan, on_start=on_start, on_end=on_end)
    status = pytest.main([*_arguments(), *map(str, lab.checks)], plugins=[plugin])
    if isinstance(plugin.problem, UsageError):
        raise plugin.problem
    if status not in _EXPECTED and not plugin.problem:
        raise GraderError(f"pytest ended with {status!r}")
    was_interrupted = status == pytest.ExitCode.INTERRUPTED and not plugin.problem
    return Report(
        lab=lab.name,
        submission=submission.name,
        seed=seed.value,
        checks=tuple(plugin.results),
        notes=submission.notes,
        planned=plugin.planned,
        error=plugin.problem.text if plugin.problem else None,
        is_interrupted=was_interrupted,
    )


def _arguments() -> list[str]:
    """Keep pytest to itself: no settings but these, no plugin but ours, no file written."""
    without = [word for name in _WITHOUT for word in ("-p", f"no:{name}")]
    return [
        *without,
        "-c",
        os.devnull,
        f"--rootdir={TESTS}",
        f"--confcutdir={TESTS}",
        "--import-mode=importlib",
        "--strict-markers",
        "--capture=sys",
        "-Wignore",
    ]
