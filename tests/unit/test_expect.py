from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from grader import expect
from grader.deadline import Deadline
from grader.errors import CheckFailed
from grader.language import Text, same
from grader.lesson import Lesson
from grader.steps import Steps


class FakeHost:
    """A host whose sockets are what they are at the n-th look; the last look lasts."""

    name = "server"

    def __init__(self, *looks: list[tuple[str, str, int, str]]) -> None:
        self.steps = Steps(deadline=Deadline.after(0.05))
        self.programs: tuple[Any, ...] = ()
        self._looks = list(looks)

    def sockets(self) -> list[Any]:
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        return [
            SimpleNamespace(protocol=protocol, local=(address, port), state=state)
            for protocol, address, port, state in look
        ]

    def wait_for_listener(
        self, is_wanted: Callable[[Any], bool], *, program: Any, timeout_s: float
    ) -> bool:
        def is_decided() -> bool:
            found.extend(s for s in self.sockets() if s.state == "LISTEN" and is_wanted(s))
            return bool(found) or bool(program and not program.is_running)

        found: list[Any] = []
        self.steps.deadline.wait_until(is_decided, timeout_s, poll_s=0.01)
        return bool(found)

    def run(self, *argv: str, timeout_s: float, user: str, cwd: str) -> Any:
        return SimpleNamespace(stdout=b"")


class FakeProgram:
    argv = ("python3", "server.py")

    def __init__(self, status: int | None = None, stdout: bytes = b"", stderr: bytes = b"") -> None:
        self.host = FakeHost([])
        self.exit_status = status
        self.stdout = stdout
        self.stderr = stderr

    @property
    def is_running(self) -> bool:
        return self.exit_status is None

    def wait(self, timeout_s: float) -> int | None:
        return self.exit_status


def lesson_of(verb: Callable[[], object]) -> Lesson:
    with pytest.raises(CheckFailed) as failed:
        verb()
    return failed.value.lesson


def said(text: Text | None) -> str:
    assert text is not None
    return text.en


# listening


def test_nothing_listens() -> None:
    host: Any = FakeHost([])
    lesson = lesson_of(lambda: expect.listening(host, 9000, FakeProgram(), timeout_s=0.01))  # type: ignore[arg-type]
    assert said(lesson.saw) == (
        "nothing listens on TCP port 9000 of server after 0.01 s; server.py is still running"
    )
    assert said(lesson.wanted) == "a TCP socket listening on 0.0.0.0:9000"
    assert "listen() opens it" in said(lesson.hint)
    assert "ss -tln" in said(lesson.look)


def test_listens_on_the_wrong_address() -> None:
    host: Any = FakeHost([("tcp", "127.0.0.1", 9000, "LISTEN")])
    lesson = lesson_of(lambda: expect.listening(host, 9000, FakeProgram(), timeout_s=0.01))  # type: ignore[arg-type]
    assert said(lesson.saw) == "server.py listens on 127.0.0.1:9000"
    assert "same host" in said(lesson.hint)


def test_an_ended_program_is_not_waited_for() -> None:
    host: Any = FakeHost([])
    host.steps.deadline = Deadline.after(1e6)
    host.programs = (FakeProgram(0),)
    lesson = lesson_of(lambda: expect.listening(host, 9000, timeout_s=1e6))
    assert "server.py ended with status 0" in said(lesson.saw)


def test_when_the_check_is_over_the_lesson_still_says_what_was_seen() -> None:
    host: Any = FakeHost([])
    lesson = lesson_of(lambda: expect.listening(host, 9000, FakeProgram(), timeout_s=60))  # type: ignore[arg-type]
    assert "nothing listens" in said(lesson.saw)


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_listens_after_a_while(address: str) -> None:
    host: Any = FakeHost(
        [],
        [("udp", address, 9000, "UNCONN"), ("tcp", address, 9000, "ESTAB")],
        [("tcp", address, 9000, "LISTEN")],
    )
    expect.listening(host, 9000)
    assert [step.what.en for step in host.steps] == ["listens on port 9000"]


def test_all_of_ipv4_is_not_an_ipv6_address() -> None:
    host: Any = FakeHost([("tcp", "0.0.0.0", 9000, "LISTEN")])
    lesson = lesson_of(lambda: expect.listening(host, 9000, address="fd10::4", timeout_s=0.01))
    assert said(lesson.wanted) == "a TCP socket listening on [fd10::4]:9000"


# bytes


def test_a_difference_has_both_rows_and_a_caret() -> None:
    lesson = lesson_of(
        lambda: expect.same_bytes(
            "2 bytes: 你好\n".encode(), "6 bytes: 你好\n".encode(), hint=same("count")
        )
    )
    assert said(lesson.saw) == r'"2 bytes: 你好\n"'
    assert said(lesson.wanted) == (
        '"6 bytes: 你好\\n"\n ^ first difference: byte 0, counted from 0'
    )
    assert lesson.wanted.zh.endswith("\n ^ 第一处不同：第 0 个字节（从 0 数起）")
    assert lesson.hint == same("count")


def test_a_short_answer_is_said_to_be_short() -> None:
    lesson = lesson_of(lambda: expect.same_bytes(b"a" * 1448, b"a" * 65536))
    assert "ends here: 1,448 of 65,536 bytes came; shown from byte" in said(lesson.wanted)


def test_too_many_bytes_are_said() -> None:
    lesson = lesson_of(lambda: expect.same_bytes(b"abcd", b"ab"))
    assert "should end here: 4 bytes came, not 2" in said(lesson.wanted)


def test_braces_in_bytes_are_only_bytes() -> None:
    lesson = lesson_of(lambda: expect.same_bytes(b"{row} {0}", b"{wanted}"))
    assert said(lesson.saw) == '"{row} {0}"'


def test_equal_bytes_pass() -> None:
    expect.same_bytes(b"a", b"a")


# programs


def test_a_program_that_does_not_end() -> None:
    program: Any = FakeProgram()
    lesson = lesson_of(lambda: expect.ended(program, timeout_s=5))
    assert said(lesson.saw) == "server.py had not ended after 5 s"
    assert "blocks" in said(lesson.hint)


def test_a_program_that_ends_otherwise() -> None:
    program: Any = FakeProgram(3)
    lesson = lesson_of(lambda: expect.ended(program))
    assert said(lesson.saw) == "server.py ended with status 3"
    assert said(lesson.wanted) == "server.py ends with status 0"


def test_a_program_that_should_go_on() -> None:
    program: Any = FakeProgram(-9)
    lesson = lesson_of(lambda: expect.running(program))
    assert "signal 9" in said(lesson.saw)


def test_output_that_is_not_there() -> None:
    program: Any = FakeProgram(stdout=b"Hello\x1b[2J\n")
    lesson = lesson_of(lambda: expect.printed(program, b"hello"))
    assert said(lesson.saw) == r'server.py printed "Hello\x1b[2J\n"'
    assert said(lesson.wanted) == '"hello" in its output'


def test_only_what_was_printed_since_counts() -> None:
    program: Any = FakeProgram(stdout=b"hello\nbye\n")
    lesson = lesson_of(lambda: expect.printed(program, b"hello", since=6))
    assert said(lesson.saw) == r'server.py printed "bye\n"'


def test_no_output_may_be_in_a_buffer() -> None:
    program: Any = FakeProgram()
    lesson = lesson_of(lambda: expect.printed(program, b"hello"))
    assert said(lesson.saw) == "server.py printed nothing\nserver.py is still running"
    assert "flush" in said(lesson.hint)


def test_what_took_too_long() -> None:
    lesson = lesson_of(lambda: expect.within(3.5, 2, what=Text("the reply", "回复")))
    assert said(lesson.saw) == "the reply took 3.50 s"
    assert lesson.wanted.zh == "最多 2 秒"


def test_anything_else() -> None:
    lesson = lesson_of(lambda: expect.that(False, saw=same("a"), wanted=same("b")))
    assert lesson == Lesson(same("a"), same("b"))


def test_what_is_as_wanted_passes() -> None:
    done: Any = FakeProgram(0, b"hello\n")
    going: Any = FakeProgram()
    expect.ended(done)
    expect.running(going)
    expect.printed(done, b"hello")
    expect.printed(done, b"lo", since=3)
    expect.within(1, 2, what=same("it"))
    expect.that(True, saw=same("a"), wanted=same("b"))
