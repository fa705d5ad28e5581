from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.errors import CheckFailed, GraderError, UsageError
from grader.language import same
from grader.lesson import Lesson
from grader.plugin import Choice, GraderPlugin
from grader.result import CheckResult
from grader.seed import Seed
from grader.steps import Steps

pytest_plugins = ["pytester"]

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
        self.ended = 0
        self.server = SimpleNamespace(name="server")
        self.client = SimpleNamespace(name="client")
        self.peer = SimpleNamespace(name="peer")

    def begin(self, steps: Steps) -> None:
        self.begun.append(steps)

    def end(self) -> None:
        self.ended += 1


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

    def __call__(
        self, source: str, *chosen: str, folder: str = "", also: Path | None = None
    ) -> GraderPlugin:
        path = self._pytester.path / folder
        path.mkdir(exist_ok=True)
        (path / "test_checks.py").write_text(HEAD + source, encoding="utf-8")
        plugin = GraderPlugin(
            lambda: self.open_stage(),
            Choice(chosen, Seed(7), self._pytester.path),
            log=self.log,
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


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    return Run(pytester)


def check(name: str, body: str, *marks: str, given: str = "") -> str:
    marks = marks or ("points(1)",)
    lines = [f"@{mark}\n" for mark in marks]
    return "".join(lines) + f"def test_{name}({given}):\n    {TITLE}\n    {body}\n\n"


def only(plugin: GraderPlugin) -> CheckResult:
    assert plugin.problem is None
    (result,) = plugin.results
    return result


# Mistakes of authors and of us


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@points(1)\ndef test_a():\n    '''Only English.'''\n", "Chinese"),
        (f"def test_a():\n    {TITLE}\n", "points"),
        (check("a", "pass", "points('1')"), "points"),
        (check("a", "pass", "points(1)", "requires('b')"), "requires b"),
        ("import nothing_like_it\n", "cannot be read"),
        ("class TestA:\n    def test_a(self):\n        pass\n", "points"),
    ],
)
def test_a_check_that_is_not_well_written_runs_nothing(run: Run, source: str, message: str) -> None:
    plugin = run(source + check("good", "pass"))
    assert isinstance(plugin.problem, GraderError)
    assert message in str(plugin.problem)
    assert plugin.results == []


def test_an_unknown_check_is_the_persons_mistake(run: Run) -> None:
    plugin = run(check("counts", "pass"), "count")
    assert isinstance(plugin.problem, UsageError)
    assert "Did you mean counts?" in plugin.problem.text.en
    assert plugin.results == []


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (GraderError("Docker did not answer"), "Docker did not answer"),
        (KeyError("secret"), "the sandbox could not be opened"),
    ],
)
def test_without_a_stage_no_check_runs(run: Run, problem: Exception, told: str) -> None:
    def fail() -> Any:
        raise problem

    run.open_stage = fail
    plugin = run(check("a", "pass"))
    assert isinstance(plugin.problem, GraderError)
    assert plugin.problem.text.en == told
    assert plugin.results == []


def test_an_exception_of_ours_is_logged_and_is_not_the_students(run: Run) -> None:
    result = only(run(check("a", "{}['missing']")))
    assert result.outcome == "error"
    assert "KeyError: 'missing'" in run.log.notes[0]
    assert result.lesson is None


def test_a_failing_clean_up_is_ours_unless_the_check_failed_before(run: Run) -> None:
    def fail() -> None:
        raise GraderError("the peer is gone")

    run.stage.end = fail  # type: ignore[method-assign]
    source = check("a", "pass", given="server") + check(
        "b", "raise CheckFailed(LESSON)", given="server"
    )
    assert [result.outcome for result in run(source).results] == ["error", "failed"]


def test_no_check_is_run_when_the_hosts_are_gone(run: Run) -> None:
    def fail(steps: Steps) -> None:
        raise GraderError("the engine went away")

    run.stage.begin = fail  # type: ignore[method-assign]
    plugin = run(check("a", "pass") + check("b", "pass", given="server") + check("c", "pass"))
    assert [result.name for result in plugin.results] == ["a"]
    assert str(plugin.problem) == "the engine went away"
    assert plugin.planned == 3


def test_a_submission_that_breaks_its_host_between_checks_loses_the_check(run: Run) -> None:
    def fail(steps: Steps) -> None:
        raise CheckFailed(Lesson(same("out of memory"), same("x")))

    run.stage.begin = fail  # type: ignore[method-assign]
    assert only(run(check("a", "pass", given="server"))).outcome == "failed"


# Outcomes


def test_a_lesson_reaches_the_result_with_the_steps(run: Run) -> None:
    body = "steps.add('peer', same('sends')); raise CheckFailed(LESSON)"
    result = only(run(check("a", body, given="steps")))
    assert result.outcome == "failed"
    assert result.lesson is not None
    assert result.lesson.saw == same("saw")
    assert [step.what for step in result.steps] == [same("sends")]
    assert run.log.notes == []


def test_a_plain_assert_shows_its_values(run: Run) -> None:
    result = only(run(check("a", "n = 2; assert n == 3")))
    assert result.outcome == "failed"
    assert result.lesson is not None
    assert "2 == 3" in result.lesson.saw.en


def test_a_check_blocks_those_that_require_it(run: Run) -> None:
    source = (
        check("b", "pass", "points(2)", "requires('a')")
        + check("c", "pass", "points(3)", "requires('b')")
        + check("a", "raise CheckFailed(LESSON)")
        + check("d", "pass")
    )
    plugin = run(source)
    assert [(r.name, r.outcome, r.blocked_by, r.earned) for r in plugin.results] == [
        ("a", "failed", (), 0),
        ("b", "blocked", ("a",), 0),
        ("c", "blocked", ("b",), 0),
        ("d", "passed", (), 1),
    ]


def test_the_next_file_runs_after_blocked_checks(run: Run, pytester: pytest.Pytester) -> None:
    path = pytester.path / "test_more.py"
    path.write_text(HEAD + check("c", "pass", given="server"), encoding="utf-8")
    source = check("a", "raise CheckFailed(LESSON)", given="server")
    source += check("b", "pass", "points(1)", "requires('a')", given="server")
    plugin = run(source, also=path)
    assert [result.outcome for result in plugin.results] == ["failed", "blocked", "passed"]


def test_what_our_own_failure_blocks_is_our_failure(run: Run) -> None:
    plugin = run(
        check("a", "raise GraderError('x')")
        + check("b", "pass", "points(1)", "requires('a')")
        + check("c", "pass", "points(1)", "requires('b')")
    )
    assert [(r.outcome, r.blocked_by) for r in plugin.results] == [
        ("error", ()),
        ("error", ("a",)),
        ("error", ("b",)),
    ]


def test_a_chosen_check_runs_with_what_it_requires(run: Run) -> None:
    source = (
        check("a", "pass") + check("b", "pass") + check("c", "pass", "points(1)", "requires('a')")
    )
    assert [result.name for result in run(source, "c").results] == ["a", "c"]
    assert run.started == [("a", 0, 2), ("c", 1, 2)]


def test_a_check_over_its_limit_fails_at_its_next_wait(run: Run) -> None:
    body = "steps.deadline.wait_until(lambda: False, 60); steps.deadline.clip(1)"
    result = only(run(check("a", body, "points(1)", "limit(0.01)", given="steps")))
    assert result.outcome == "failed"
    assert result.lesson is not None
    assert "0.01 s" in result.lesson.saw.en


def test_ctrl_c_keeps_what_was_graded(run: Run) -> None:
    plugin = run(check("a", "pass") + check("b", "raise KeyboardInterrupt") + check("c", "pass"))
    assert [result.name for result in plugin.results] == ["a"]
    assert plugin.planned == 3
    assert run.status == pytest.ExitCode.INTERRUPTED


# What a check is given


def test_hosts_are_made_new_and_left_for_each_check(run: Run) -> None:
    body = "assert (server.name, client.name, peer.name) == ('server', 'client', 'peer')"
    plugin = run(
        check("a", body, given="server, client, peer")
        + check("b", body, given="server, client, peer")
    )
    assert [result.outcome for result in plugin.results] == ["passed", "passed"]
    assert len(run.stage.begun) == run.stage.ended == 2
    assert run.stage.begun[0] is not run.stage.begun[1]


def test_a_check_keeps_its_port_whatever_else_runs(run: Run) -> None:
    source = check("a", "pass") + check("b", "print(port); assert port == 20001", given="port")
    assert run(source).results[1].outcome == "passed"
    assert run(source, "b").results[0].outcome == "passed"


def test_chance_depends_on_seed_and_check(run: Run) -> None:
    wanted = [Seed(7).draws(name).number(0, 10**9) for name in ("a", "b")]
    source = check("a", f"assert seed.number(0, 10**9) == {wanted[0]}", given="seed")
    source += check("b", f"assert seed.number(0, 10**9) == {wanted[1]}", given="seed")
    assert [result.outcome for result in run(source).results] == ["passed", "passed"]


def test_checks_from_another_folder_are_hidden(run: Run) -> None:
    assert only(run(check("a", "pass"))).hidden is False
    assert only(run(check("a", "pass"), folder="hidden")).hidden is True


def test_a_hidden_check_does_not_tell_what_it_tried(run: Run) -> None:
    source = check(
        "a", "steps.add('peer', same('secret')); raise CheckFailed(LESSON)", given="steps"
    )
    told = only(run(source))
    assert (told.outcome, told.lesson is None, len(told.steps)) == ("failed", False, 1)
    untold = only(run(source, folder="hidden"))
    assert (untold.outcome, untold.lesson, untold.steps) == ("failed", None, ())


def test_packets_are_captured_on_the_server(run: Run, pytester: pytest.Pytester) -> None:
    class Capture:
        def __enter__(self) -> str:
            return "packets"

        def __exit__(self, *_exc: object) -> None:
            (Path(pytester.path) / "ended").touch()

    run.stage.server.capture = Capture
    result = only(run(check("a", "assert packets == 'packets'", given="packets")))
    assert result.outcome == "passed"
    assert (pytester.path / "ended").exists()
