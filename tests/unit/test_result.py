import json

import pytest

from grader.language import Text, same
from grader.lesson import Lesson
from grader.result import CheckResult, Outcome, Report, our_fault
from grader.result_json import as_json
from grader.steps import Step


def result(outcome: Outcome, points: int = 2) -> CheckResult:
    return CheckResult(outcome, same(outcome), points, outcome)


def report(*outcomes: Outcome, error: Text | None = None, is_interrupted: bool = False) -> Report:
    return Report(
        "lab1",
        "programs",
        7,
        tuple(result(outcome) for outcome in outcomes),
        error=error,
        is_interrupted=is_interrupted,
    )


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (report("passed", "error"), 3),
        (report("failed", "error"), 3),
        (report(error=same("Docker is gone")), 3),
        (report("passed", is_interrupted=True), 130),
        (report("passed", "failed"), 1),
        (report("passed", "blocked"), 1),
        (report("passed", "passed"), 0),
    ],
)
def test_exit_status(told: Report, status: int) -> None:
    assert told.exit_status == status


def test_only_passing_earns() -> None:
    told = report("passed", "failed", "blocked", "error")
    assert (told.earned, told.possible) == (2, 8)


def test_what_is_missing_makes_it_incomplete() -> None:
    assert report("passed", "failed", "blocked").is_complete
    assert not report("error").is_complete
    assert not report("passed", is_interrupted=True).is_complete


def test_our_fault_says_so_in_both_languages() -> None:
    told = our_fault(Text("Docker did not answer", "Docker 没有应答"))
    assert told.en == (
        "The grader failed, not your program: Docker did not answer. No points were taken."
    )
    assert "不是你的程序：Docker 没有应答" in told.zh


def test_json_holds_everything() -> None:
    failed = CheckResult(
        "counts",
        Text("Counts.", "计数。"),
        2,
        "failed",
        lesson=Lesson(same("a"), same("b")),
        steps=(Step(1.5, "peer", same("sends"), b"\xff\x00"),),
    )
    document = json.loads(json.dumps(as_json(Report("lab1", "x", 7, (failed,)))))
    assert document["exit_status"] == 1
    check = document["checks"][0]
    assert check["title"] == {"en": "Counts.", "zh": "计数。"}
    assert check["lesson"]["hint"] is None
    assert check["steps"][0]["data"] == "/wA="
    assert check["earned"] == 0
