import pytest

from grader.checks import Check
from grader.errors import CheckFailed, GraderError
from grader.language import Text, same
from grader.lesson import Lesson
from grader.verdict import judge

CHECK = Check("counts-bytes", Text("The server counts bytes.", "服务器数字节。"), 2)


def test_an_unknown_exception_is_ours() -> None:
    verdict = judge(CHECK, ZeroDivisionError("secret"))
    assert verdict.outcome == "error"
    assert verdict.error is not None
    assert "ZeroDivisionError" in verdict.error.en
    assert "secret" not in verdict.error.en


def test_a_grader_error_says_its_own_words() -> None:
    verdict = judge(CHECK, GraderError(Text("Docker is gone", "Docker 没有了")))
    assert (verdict.outcome, verdict.error) == ("error", Text("Docker is gone", "Docker 没有了"))


def test_skipping_is_no_way_out() -> None:
    assert judge(CHECK, pytest.skip.Exception("later")).outcome == "error"


def test_a_lesson_goes_through() -> None:
    lesson = Lesson(same("a"), same("b"))
    verdict = judge(CHECK, CheckFailed(lesson))
    assert (verdict.outcome, verdict.lesson) == ("failed", lesson)


@pytest.mark.parametrize(
    "raised", [AssertionError("assert 2 == 6\n \x1b[31m"), pytest.fail.Exception("assert 2 == 6")]
)
def test_a_plain_assert_is_the_students(raised: BaseException) -> None:
    verdict = judge(CHECK, raised)
    assert verdict.outcome == "failed"
    assert verdict.lesson is not None
    assert "assert 2 == 6" in verdict.lesson.saw.zh
    assert "\x1b" not in verdict.lesson.saw.en
    assert verdict.lesson.wanted == CHECK.title


def test_nothing_raised_is_passed() -> None:
    assert judge(CHECK, None).outcome == "passed"
