from types import SimpleNamespace
from typing import Any

import pytest

from grader.errors import CheckFailed, GraderError
from grader.language import same
from grader.lesson import Lesson
from grader.symptoms import Symptoms, gather, program_name, tell_state

TRACEBACK = b"""\
Traceback (most recent call last):
  File "/lab/server.py", line 3, in <module>
    accept()
NameError: name 'accept' is not defined
"""


class FakeHost:
    name = "server"

    def __init__(self, *, problem: Exception | None = None) -> None:
        self.problem = problem

    def sockets(self) -> list[Any]:
        if self.problem:
            raise self.problem
        return [SimpleNamespace(protocol="tcp", local=("0.0.0.0", 8080), state="LISTEN")]

    def run(self, *argv: str, timeout_s: float, user: str, cwd: str) -> Any:
        assert (user, cwd) == ("observer", "/")  # nobody a submission can stop, nowhere of its own
        if argv[0] == "find":
            return SimpleNamespace(stdout=b"/lab/server.py\0/lab/a\n\x1bb.py\0")
        return SimpleNamespace(stdout=b"import socket\n")


def program(**fields: object) -> Any:
    known = {"argv": ("python3", "server.py"), "exit_status": None, "stdout": b"", "stderr": b""}
    return SimpleNamespace(**{**known, **fields})


@pytest.mark.parametrize(
    "problem", [CheckFailed(Lesson(same("over"), same("x"))), GraderError("channel closed")]
)
def test_what_cannot_be_looked_at_any_more_is_left_out(problem: Exception) -> None:
    seen = gather(FakeHost(problem=problem), program(stderr=TRACEBACK))  # type: ignore[arg-type]
    assert seen.sockets == ()
    assert seen.raised is not None


def test_gathers_the_state_of_host_and_program() -> None:
    seen = gather(FakeHost(), program(), port=8080)  # type: ignore[arg-type]
    assert seen.program == "server.py"
    assert len(seen.at_port("LISTEN")) == 1
    assert seen.files == {"server.py": b"import socket\n", "a\n\x1bb.py": b"import socket\n"}


def test_without_a_program_only_the_host_is_looked_at() -> None:
    seen = gather(FakeHost())  # type: ignore[arg-type]
    assert (seen.program, seen.raised) == ("", None)


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        ((), ""),
        (("python3", "-u", "./server.py", "0.0.0.0", "80"), "server.py"),
        (("/usr/bin/nc", "server", "80"), "nc"),
    ],
)
def test_a_program_is_called_by_its_file(argv: tuple[str, ...], name: str) -> None:
    assert program_name(argv) == name


@pytest.mark.parametrize(
    ("seen", "english"),
    [
        (Symptoms(program="s.py"), "s.py is still running"),
        (Symptoms(program="s.py", exit_status=-9), "s.py was ended by signal 9"),
        (Symptoms(program="s.py", exit_status=0), "s.py ended with status 0"),
        (Symptoms(program="s.py", exit_status=3), "s.py ended with status 3"),
        (
            Symptoms(program="s.py", exit_status=1, stderr=b"a\nusage: \x1b[31m\n"),
            "s.py ended with status 1\nusage: \\x1b[31m",
        ),
        (
            Symptoms(program="s.py", exit_status=1, stderr=TRACEBACK),
            (
                "s.py ended with status 1\nserver.py line 3: accept()\n"
                "NameError: name 'accept' is not defined"
            ),
        ),
    ],
)
def test_tells_how_a_program_ended(seen: Symptoms, english: str) -> None:
    assert tell_state(seen).en == english
    assert tell_state(seen).zh != english
