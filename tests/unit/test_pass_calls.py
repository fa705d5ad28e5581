"""What a host passes on of a traced program, and what it does when there is no room."""

import subprocess
import sys
from pathlib import Path

import pytest

from unit.traced import CLIENT, SERVER

PROGRAM = Path(__file__).parents[2] / "images/host/pass-calls"
SOCKETS = [line for line in SERVER.splitlines() if "exited" not in line]


def passed_on(path: Path, text: str) -> list[str]:
    subprocess.run([sys.executable, PROGRAM, path], input=text.encode(), check=True)
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lab1-server.14"
    path.touch()
    return path


def test_calls_on_sockets_are_passed_on(path: Path) -> None:
    other = '14    1795863382.050309 read(3</lab/server.py>, "import", 6) = 6 <0.000014>\n'
    assert passed_on(path, other + SERVER + other) == ["begin", *SOCKETS, "", "end"]
    assert not any("UNIX" in line for line in passed_on(path, CLIENT) if "socket(" not in line)


def test_a_call_that_waits_is_passed_on_at_once(path: Path) -> None:
    waiting = SOCKETS[4][:60]
    with subprocess.Popen([sys.executable, PROGRAM, path], stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(waiting.encode())
        process.stdin.flush()
        while waiting not in path.read_text():
            assert process.poll() is None
        process.stdin.write((SOCKETS[4][60:] + "\n").encode())
        process.stdin.close()
    assert SOCKETS[4] in path.read_text().splitlines()


def test_what_has_no_room_is_counted_and_the_end_is_told(path: Path) -> None:
    line = f"{SOCKETS[3]}\n"
    written = passed_on(path, line * (2 * 2**20 // len(line) + 1000))
    assert written[-1] == "end"
    missed = int(written[-2].removeprefix("missed "))
    assert missed >= 1000
    assert written.count(SOCKETS[3]) + missed == 2 * 2**20 // len(line) + 1000
    assert path.stat().st_size <= 2 * 2**20


def test_without_its_file_all_is_read_all_the_same(tmp_path: Path) -> None:
    assert passed_on(tmp_path / "missing", SERVER * 1000) == []
