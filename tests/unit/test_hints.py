from dataclasses import dataclass

import pytest

from grader.hints import HINTS, explain, find_hint
from grader.language import same
from grader.symptoms import Symptoms


@dataclass(frozen=True)
class Seen:
    protocol: str
    local: tuple[str, int]
    state: str = "LISTEN"


def died(last: str, *, line: str = "sock.call()", file: str = "server.py") -> Symptoms:
    stderr = (
        "Traceback (most recent call last):\n"
        f'  File "/lab/{file}", line 12, in <module>\n    {line}\n{last}\n'
    )
    return Symptoms(program="server.py", exit_status=1, stderr=stderr.encode(), port=8080)


def running(*sockets: Seen) -> Symptoms:
    return Symptoms(program="server.py", host="server", port=8080, sockets=sockets)


def with_sockets(seen: Symptoms, *sockets: Seen) -> Symptoms:
    return Symptoms(
        program=seen.program,
        exit_status=seen.exit_status,
        stderr=seen.stderr,
        port=seen.port,
        sockets=sockets,
    )


IN_USE = died("OSError: [Errno 98] Address already in use")
CASES: dict[str, Symptoms] = {
    "file-missing": Symptoms(
        program="server.py",
        exit_status=2,
        stderr=b"python3: can't open file '/lab/server.py': [Errno 2] No such file or directory",
    ),
    "shadows-library": Symptoms(
        program="server.py",
        exit_status=1,
        stderr=died("AttributeError: module 'socket' has no attribute 'AF_INET'").stderr,
        files={"server.py": b"import socket\n", "socket.py": b"print(1)\n"},
    ),
    "utf-16-source": Symptoms(
        program="server.py",
        exit_status=1,
        stderr=b"SyntaxError: source code cannot contain null bytes",
        files={"server.py": b"\xff\xfei\0m\0"},
    ),
    "not-utf-8-source": Symptoms(
        program="server.py",
        exit_status=1,
        stderr=b"SyntaxError: Non-UTF-8 code starting "
        b"with '\\xc4' in file /lab/server.py on line 3",
    ),
    "byte-order-mark": died("SyntaxError: invalid non-printable character U+FEFF"),
    "chinese-punctuation": died("SyntaxError: invalid character '（' (U+FF08)"),
    "syntax": died("IndentationError: expected an indented block after 'while' statement"),
    "end-of-input": died("EOFError: EOF when reading a line"),
    "no-such-module": died("ModuleNotFoundError: No module named 'numpy'"),
    "address-of-another-family": died(
        "socket.gaierror: [Errno -9] Address family for hostname not supported"
    ),
    "name-unknown": died("socket.gaierror: [Errno -2] Name or service not known"),
    "timed-out": died("TimeoutError: timed out"),
    "split-character": died(
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe4 in position 0: unexpected end"
    ),
    "text-not-bytes": died("TypeError: a bytes-like object is required, not 'str'"),
    "bytes-mixed": died('TypeError: can only concatenate str (not "bytes") to str'),
    "port-not-number": died("TypeError: an integer is required (got type str)"),
    "no-argument": died("IndexError: list index out of range"),
    "port-in-time-wait": with_sockets(IN_USE, Seen("tcp", ("10.0.0.4", 8080), "TIME-WAIT")),
    "port-in-use": with_sockets(IN_USE, Seen("tcp", ("0.0.0.0", 8080))),
    "not-our-address": died("OSError: [Errno 99] Cannot assign requested address"),
    "needs-capability": died("PermissionError: [Errno 1] Operation not permitted"),
    "not-allowed": died("PermissionError: [Errno 13] Permission denied"),
    "refused": died("ConnectionRefusedError: [Errno 111] Connection refused"),
    "unreachable": died("TimeoutError: [Errno 110] Connection timed out"),
    "reset": died("ConnectionResetError: [Errno 104] Connection reset by peer"),
    "broken-pipe": died("BrokenPipeError: [Errno 32] Broken pipe"),
    "not-connected": died("OSError: [Errno 107] Transport endpoint is not connected"),
    "accept-before-listen": died(
        "OSError: [Errno 22] Invalid argument", line="conn, addr = sock.accept()"
    ),
    "bad-descriptor": died("OSError: [Errno 9] Bad file descriptor"),
    "too-many-files": died("OSError: [Errno 24] Too many open files"),
    "too-many-processes": died("RuntimeError: can't start new thread"),
    "no-memory": Symptoms(program="server.py", exit_status=-9, port=8080),
    "raised": died("ZeroDivisionError: division by zero"),
    "served-once": Symptoms(program="server.py", exit_status=0, port=8080),
    "local-address": running(Seen("tcp", ("127.0.0.1", 8080))),
    "other-port": running(Seen("tcp", ("0.0.0.0", 9999))),
    "datagram-socket": running(Seen("udp", ("0.0.0.0", 8080), "UNCONN")),
    "not-listening": running(Seen("tcp", ("127.0.0.11", 46445))),  # the engine's resolver
}


def test_every_hint_has_a_case() -> None:
    assert list(CASES) == [hint.name for hint in HINTS]


@pytest.mark.parametrize("name", CASES)
def test_symptoms_find_their_hint(name: str) -> None:
    found = find_hint(CASES[name])
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", CASES)
def test_hints_are_said_with_what_was_found(name: str) -> None:
    told = explain(CASES[name])
    assert told is not None
    assert "{" not in told.en + told.zh
    assert "None" not in told.en
    assert "True" not in told.en


@pytest.mark.parametrize(
    "seen",
    [
        Symptoms(),
        Symptoms(program="server.py", exit_status=0),
        Symptoms(program="server.py", stderr=b"\xff\xfe not a traceback", exit_status=None),
        running(Seen("tcp6", ("::", 8080))),
        running(Seen("tcp", ("0.0.0.0", 8080))),
    ],
)
def test_nothing_telling_gives_no_hint(seen: Symptoms) -> None:
    assert explain(seen) is None


def test_what_was_found_is_named() -> None:
    told = explain(CASES["shadows-library"])
    assert told is not None
    assert "socket.py" in told.zh
    told = explain(CASES["other-port"])
    assert told is not None
    assert "9999" in told.en


def test_a_file_of_the_program_itself_is_no_shadow() -> None:
    seen = Symptoms(
        program="select.py",
        exit_status=1,
        stderr=died("ValueError: x", file="select.py").stderr,
        files={"select.py": b""},
    )
    found = find_hint(seen)
    assert found is not None
    assert found.name == "raised"


def test_a_thread_that_died_is_explained_while_the_program_runs() -> None:
    dead = died("ConnectionResetError: [Errno 104] Connection reset by peer")
    found = find_hint(Symptoms(program="server.py", stderr=dead.stderr))
    assert found is not None
    assert found.name == "reset"


def test_a_check_knows_better_than_a_general_row_and_less_than_a_special_one() -> None:
    own = same("close() comes after it")
    assert explain(CASES["raised"], otherwise=own) == own
    assert explain(CASES["reset"], otherwise=own) != own
    assert explain(Symptoms(), otherwise=own) == own
