"""A class made for tests: one of each outcome, and words that would like to be markup."""

from __future__ import annotations

from grader.classroom.roster import Student
from grader.classroom.rows import Grades, Row
from grader.language import Text, same
from grader.lesson import Lesson
from grader.result import CheckResult, Report
from grader.steps import Step

LAB = "lab1"
NASTY = "<script>alert(1)</script>&\"']]>{{7*7}}"
TITLE = Text("The server <answers>.", "服务器会<回复>。")
STEPS = (
    Step(10.0, "server", Text("starts python3 server.py", "启动 python3 server.py")),
    Step(10.25, "peer", Text("connects to server port 1", "连接 server 的端口 1")),
    Step(10.5, "peer", Text("sends 6 bytes", "发送 6 字节"), NASTY.encode() + b"\xff\x00\n"),
)
LESSON = Lesson(
    saw=same(NASTY),
    wanted=Text("5 bytes\nhello", "5 字节\nhello"),
    hint=Text("read on", "继续读"),
)


def check(name: str, outcome: str, **more: object) -> CheckResult:
    return CheckResult(name, TITLE, 1, outcome, **more)  # type: ignore[arg-type]


def report(student: str, *checks: CheckResult) -> Report:
    return Report(LAB, student, 42, checks, notes=(same(f"left out {NASTY}"),))


PASSED = check("server-answers", "passed", steps=STEPS, duration_s=0.1)
FAILED = check("server-answers", "failed", lesson=LESSON, steps=STEPS, duration_s=0.5)
BLOCKED = check("server-closes", "blocked", blocked_by=("server-answers",))
UNTOLD = check("hidden-one", "failed", hidden=True)
OURS = check("server-closes", "error", error=Text("the engine went", "引擎停了"))


def row(student: str, state: str = "graded", **more: object) -> Row:
    members = (Student(student),)
    given = {"content": "c" * 64, "checks": "v1", "seed": 42, "ended_s": 1_800_000_000.5} | more
    return Row(student, members, state, **given)  # type: ignore[arg-type]


WHOLE = row("张三", report=report("张三", PASSED, check("server-closes", "passed")), duration_s=1.5)
LOST = row(
    NASTY.replace("/", "|"),
    report=report("x", FAILED, BLOCKED, UNTOLD),
    notes=(same(f"left out {NASTY}"),),
    place=NASTY,
)
GROUP = Row(
    "A",
    (Student("1", "=cmd()", "A"), Student("2", "李四", "A")),
    "graded",
    "d" * 64,
    "v1",
    42,
    report=report("A", PASSED, check("server-closes", "passed")),
    ended_s=1_800_000_000,
)
UNREADABLE = row("empty", "unreadable", problem=Text("nothing in it", "里面什么也没有"))
SPOILT = row("spoilt", "error", problem=Text("tried twice", "试了两次"))
HALF = row("half", "error", report=report("half", PASSED, OURS))
MISSING = Row("nobody", (Student("nobody", "N. O. Body"),), "missing")
WAITING = Row("waiting", (Student("waiting"),), "waiting", "e" * 64)
# A packet for each way to draw one, as grader.conversation gives them.
PACKETS = (
    Step(9.9, "client", Text("starts python3 client.py", "启动 python3 client.py")),
    Step(10.0, "wire", same("client ──▶ server SYN seq 0 len 0")),
    Step(10.1, "wire", same("client ◀── server SYN-ACK seq 0 ack 1 len 0")),
    Step(
        10.2,
        "wire",
        Text(
            'client ──✕ server PSH-ACK seq 1 ack 1 len 6 "hello\\n" <- lost',
            'client ──✕ server PSH-ACK seq 1 ack 1 len 6 "hello\\n" <- 丢失',
        ),
    ),
    Step(10.3, "peer", Text("connects to server port 1", "连接 server 的端口 1")),
    Step(10.4, "wire", same("peer ──▶ server SYN seq 0 len 0")),
    Step(10.5, "wire", same("peer ✕── server RST seq 0 len 0")),
)
WIRED = row("wired", report=report("wired", check("wire", "failed", lesson=LESSON, steps=PACKETS)))

ROWS = (WHOLE, LOST, GROUP, UNREADABLE, SPOILT, HALF, MISSING, WAITING)


def grades(*rows: Row) -> Grades:
    return Grades(LAB, lambda: iter(rows or ROWS))
