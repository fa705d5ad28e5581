import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.language import Language, Text, same
from grader.lesson import Lesson
from grader.report import print_report
from grader.result import CheckResult, Report
from grader.steps import Step

LISTENS = CheckResult("listens", Text("The server listens.", "服务器在监听。"), 1, "passed")
COUNTS = CheckResult(
    "counts",
    Text("The server counts bytes.", "服务器数字节。"),
    2,
    "failed",
    lesson=Lesson(
        saw=same('"2 bytes"'),
        wanted=same('"6 bytes"\n ^ here'),
        hint=Text("encode first", "先编码"),
        look=same("ss -tln"),
    ),
    steps=(
        Step(100.0, "server", Text("starts server.py", "启动 server.py")),
        Step(100.0125, "peer", Text("sends 7 bytes", "发送 7 字节"), "你好\n".encode()),
    ),
)
BLOCKED = CheckResult("slow", Text("Slow.", "慢。"), 3, "blocked", blocked_by=("counts", "listens"))
OURS = CheckResult(
    "ours", Text("Ours.", "我们的。"), 4, "error", error=Text("no answer", "没有应答")
)


def show(
    *checks: CheckResult,
    language: Language = "en",
    width: int = 80,
    terminal: bool = False,
    log: str = "",
    **fields: object,
) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=terminal,
        highlight=False,
        color_system="standard" if terminal else "auto",
    )
    report = replace(Report("lab1", "programs", 42, checks), **fields)  # type: ignore[arg-type]
    print_report(report, console=console, language=language, again="scripts/grade lab1", log=log)
    return file.getvalue()


def test_our_fault_is_said_first_of_all_to_be_ours() -> None:
    told = show(LISTENS, OURS, log="/tmp/x.log")  # noqa: S108 - any name
    assert "The grader failed, not your program: no answer. No points were taken." in told
    assert "The total is incomplete." in told
    assert "–/4" in told
    assert "/tmp/x.log" in told  # noqa: S108
    assert "--check" not in told


def test_what_our_failure_blocks_costs_nothing_and_is_not_told_twice() -> None:
    waits = CheckResult("waits", Text("Waits.", "等。"), 5, "error", blocked_by=("ours",))
    told = show(LISTENS, OURS, waits)
    assert "–/5" in told
    assert "blocked by ours" in told
    assert told.count("not your program") == 1


def test_what_was_graded_before_our_failure_is_shown() -> None:
    told = show(LISTENS, error=Text("no answer", "没有应答"), planned=5)
    assert "Stopped after 1 of 5 checks." in told
    assert told.count("not your program") == 1


def test_a_failure_that_ended_a_check_and_the_grading_is_told_once() -> None:
    assert show(LISTENS, OURS, error=OURS.error, planned=5).count("not your program") == 1


def test_without_any_check_there_is_no_total() -> None:
    told = show(error=Text("Docker did not answer", "Docker 没有应答"), language="zh")
    assert "不是你的程序：Docker 没有应答。没有扣分。" in told
    assert "得分" not in told


def test_what_was_graded_before_ctrl_c_is_shown() -> None:
    told = show(LISTENS, is_interrupted=True, planned=5)
    assert "Stopped after 1 of 5 checks." in told
    assert "Well done" not in told


def test_blocked_says_by_what() -> None:
    assert "blocked by counts, listens" in show(LISTENS, COUNTS, BLOCKED)
    assert "要先通过 counts, listens" in show(LISTENS, COUNTS, BLOCKED, language="zh")


def test_a_whole_report_in_english() -> None:
    assert show(LISTENS, COUNTS, notes=(Text("client.py is missing", "缺少 client.py"),)) == (
        "lab1 · programs · seed 42\n"
        "• client.py is missing\n"
        "\n"
        "✔ The server listens.                                                        1/1\n"
        "✘ The server counts bytes.                                                   0/2\n"
        "\n"
        "✘ counts  The server counts bytes.\n"
        '  saw     "2 bytes"\n'
        '  wanted  "6 bytes"\n'
        "           ^ here\n"
        "  hint    encode first\n"
        "  look    ss -tln\n"
        "  steps   0.000 s server starts server.py\n"
        '          0.013 s peer   sends 7 bytes  "你好\\n"\n'
        "                  ✘      here it failed\n"
        "\n"
        "1 of 3 points.\n"
        "One check again, the same way:\n"
        "  scripts/grade lab1 --check counts --seed 42\n"
    )


def test_a_whole_report_in_chinese() -> None:
    assert show(LISTENS, COUNTS, language="zh") == (
        "lab1 · programs · 种子 42\n"
        "\n"
        "✔ 服务器在监听。                                                             1/1\n"
        "✘ 服务器数字节。                                                             0/2\n"
        "\n"
        "✘ counts  服务器数字节。\n"
        '  实际  "2 bytes"\n'
        '  应为  "6 bytes"\n'
        "         ^ here\n"
        "  提示  先编码\n"
        "  查看  ss -tln\n"
        "  经过  0.000 s server 启动 server.py\n"
        '        0.013 s peer   发送 7 字节  "你好\\n"\n'
        "                ✘      在这里失败\n"
        "\n"
        "得分 1/3。\n"
        "只重跑一项检查，过程相同：\n"
        "  scripts/grade lab1 --check counts --seed 42\n"
    )


def test_a_full_score_is_short_and_glad() -> None:
    told = show(LISTENS).splitlines()
    assert told[-1] == "All 1 points. Well done!"
    assert len(told) == 5


def test_hidden_checks_are_marked() -> None:
    assert "(hidden)" in show(replace(LISTENS, hidden=True))


def test_a_failed_hidden_check_says_that_it_does_not_tell() -> None:
    told = show(replace(COUNTS, hidden=True, lesson=None, steps=()))
    assert "A hidden check does not tell what it tried." in told
    assert "saw" not in told


@pytest.mark.parametrize(
    "words", ["\x1b[2J", "\u202e", "[bold]x[/bold]", "\r", "\x9b31m", ":smile:", "\u200b"]
)
def test_nothing_from_a_program_steers_the_terminal(words: str) -> None:
    """Also where an author forgot fill(), in every place a word can come to."""
    hostile = Text(f"a{words}b", f"字{words}符")
    check = replace(
        COUNTS,
        title=hostile,
        lesson=Lesson(saw=hostile, wanted=hostile, hint=hostile, look=hostile),
        steps=(Step(1.0, f"who{words}", hostile, words.encode()),),
    )
    told = show(check, notes=(hostile,), submission=f"x{words}", width=200)
    assert all(char == "\n" or char.isprintable() for char in told)
    if words.isprintable():
        assert words in told


def test_many_steps_keep_the_first_and_the_last() -> None:
    steps = tuple(Step(float(n), "peer", same(f"step {n};")) for n in range(1000))
    told = show(replace(COUNTS, steps=steps))
    assert "step 0;" in told
    assert "step 999;" in told
    assert "… 988 more steps" in told
    assert told.count("step ") == 12


def test_colour_only_on_a_terminal() -> None:
    assert "\x1b[" not in show(LISTENS, COUNTS)
    assert "\x1b[32m" in show(LISTENS, COUNTS, terminal=True)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_the_terminal(width: int, language: Language) -> None:
    told = show(LISTENS, COUNTS, BLOCKED, OURS, width=width, language=language)
    command = "  scripts/grade lab1"
    assert all(
        cell_len(line) <= width for line in told.splitlines() if not line.startswith(command)
    )
