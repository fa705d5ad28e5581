"""Runs checks that are given as source with the grader's plugin, on a stage that only remembers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.personal import Values
from grader.plugin import Choice, GraderPlugin
from grader.result import CheckResult
from grader.seed import Seed
from grader.steps import Steps

HEAD = """
import pytest
from grader.errors import CheckFailed, GraderError
from grader.language import same
from grader.lesson import Lesson
points, requires, limit = pytest.mark.points, pytest.mark.requires, pytest.mark.limit
LESSON = Lesson(same("saw"), same("wanted"))
"""
TITLE = '"""English.\n    中文。\n    """'


class FakeStage:
    def __init__(self) -> None:
        self.begun: list[Steps] = []
        self.impaired: list[tuple[str, str, int]] = []
        self.ended = 0
        self.server = SimpleNamespace(name="server")
        self.client = SimpleNamespace(name="client")
        self.peer = SimpleNamespace(name="peer")

    def begin(self, steps: Steps) -> None:
        self.begun.append(steps)

    def end(self) -> None:
        self.ended += 1

    @contextmanager
    def impair(self, words: str, *, at: str, seed: int) -> Iterator[None]:
        self.impaired.append((words, at, seed))
        yield


class FakeLog:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, what: str) -> None:
        self.notes.append(what)


class Run:
    """Runs checks that are given as source; each function's body is one line."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.stage = FakeStage()
        self.log = FakeLog()
        self.open_stage: Callable[[], Any] = lambda: self.stage
        self.started: list[tuple[str, int, int]] = []
        self.status: object = 0
        self.values: Values | None = None
        self.planned: list[str] = []
        self.ended: list[str] = []

    def __call__(
        self, source: str, *chosen: str, folder: str = "", also: Path | None = None
    ) -> GraderPlugin:
        path = self._pytester.path / folder
        path.mkdir(exist_ok=True)
        (path / "test_checks.py").write_text(HEAD + source, encoding="utf-8")
        plugin = GraderPlugin(
            lambda: self.open_stage(),
            Choice(chosen, Seed(7), self._pytester.path, personal=self.values),
            log=self.log,
            on_plan=lambda checks: self.planned.extend(check.name for check in checks),
            on_end=lambda result: self.ended.append(result.name),
            on_start=lambda check, index, total: self.started.append((check.name, index, total)),
        )
        self.status = self._pytester.inline_run(
            str(path / "test_checks.py"),
            *([str(also)] if also else []),
            "-pno:terminal",
            "-pno:cacheprovider",
            "--strict-markers",
            plugins=[plugin],
            no_reraise_ctrlc=True,
        ).ret
        return plugin


def check(name: str, body: str, *marks: str, given: str = "") -> str:
    marks = marks or ("points(1)",)
    lines = [f"@{mark}\n" for mark in marks]
    return "".join(lines) + f"def test_{name}({given}):\n    {TITLE}\n    {body}\n\n"


def only(plugin: GraderPlugin) -> CheckResult:
    assert plugin.problem is None
    (result,) = plugin.results
    return result
