"""Which checks run, in which order, and what each comes to."""

from typing import Any

import pytest

from grader.errors import CheckFailed, GraderError, UsageError
from grader.language import same
from grader.lesson import Lesson
from grader.steps import Steps
from unit.plugin_runs import HEAD, TITLE, Run, check, only

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    return Run(pytester)


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
