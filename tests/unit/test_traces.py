"""The folder that students can write into."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from unit.traced import SERVER
from wire import traces
from wire.clock import WallClock
from wire.traces import Traces

HOST = Path(__file__).parents[2] / "images/host"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def traces_of(folder: Path) -> Traces:
    return Traces(folder, lab="lab1", began_s=0.0)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def writer_of(path: Path) -> Iterator[None]:
    """Another process that writes the file, as one does in a lab's host."""
    program = "from shared_file import *; import sys; f = SharedFile(sys.argv[1], most_bytes=9); "
    command = [sys.executable, "-c", f"{program} print(); sys.stdin.read()", str(path)]
    with subprocess.Popen(
        command, cwd=HOST, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        yield
        process.stdin.close()


def names(found: Traces) -> list[str]:
    return [call.name for call in found.poll()[0]]


def test_calls_are_read_as_they_come(folder: Path) -> None:
    found = traces_of(folder)
    assert not found.is_active
    lines = SERVER.splitlines(keepends=True)
    path = folder / "lab1-server.14"
    path.write_text("".join(lines[:2]) + lines[2][:40])
    assert names(found) == ["socket", "setsockopt"]
    assert found.is_active
    with path.open("a") as more:
        more.write(lines[2][40:] + lines[3])
    assert names(found) == ["bind", "listen"]
    with path.open("a") as more:
        more.write(lines[4][:70])
    assert [call.name for call in found.poll()[1]] == ["accept"]


def test_a_call_returns_when_it_did_though_the_clock_was_set_meanwhile(folder: Path) -> None:
    *_, accept = SERVER.splitlines(keepends=True)[:5]
    began_s, took_s = float(accept.split()[1]), float(accept.rstrip(">\n").rpartition("<")[2])
    now = {"wall": began_s, "steady": 1.0}
    clock = WallClock(lambda: now["wall"], lambda: now["steady"])
    found = Traces(folder, lab="lab1", began_s=0.0, clock=clock)
    now.update(wall=began_s + took_s + 0.02, steady=1.0 + took_s)
    (folder / "lab1-server.14").write_text(accept)
    ((call,), _) = found.poll()
    assert call.name == "accept"
    assert call.moment_s == pytest.approx(now["wall"], abs=0.000_01)


def test_an_ended_trace_is_removed(folder: Path) -> None:
    found = traces_of(folder)
    path = folder / "lab1-server.14"
    path.write_text(SERVER + "end\n")
    assert len(names(found)) == 10
    assert not found.is_active
    assert not path.exists()


def test_a_trace_whose_file_is_gone_has_ended(folder: Path) -> None:
    found = traces_of(folder)
    path = folder / "lab1-server.14"
    path.write_text(SERVER)
    found.poll()
    path.unlink()
    found.poll()
    assert not found.is_active


def test_what_was_read_is_emptied(folder: Path) -> None:
    found = traces_of(folder)
    path = folder / "lab1-server.14"
    for line in SERVER.splitlines():
        with path.open("a") as more:
            more.write(line + "\n")
        found.poll()
        assert path.stat().st_size == 0
    assert found.is_active


def test_traces_of_programs_that_have_ended_before_are_removed(folder: Path) -> None:
    for name in ("lab1-client.1", "lab1-client.2", "lab2-client.1"):
        (folder / name).write_text(SERVER)
        os.utime(folder / name, (0, 0))
    with writer_of(folder / "lab1-client.2"):
        Traces(folder, lab="lab1")
    assert names_in(folder) == ["lab1-client.2", "lab2-client.1"]


def test_of_a_program_that_runs_already_is_shown_how_it_listens(folder: Path) -> None:
    (folder / "lab1-server.14").write_text(SERVER)  # recorded long ago
    found = Traces(folder, lab="lab1")
    assert names(found) == ["socket", "setsockopt", "bind", "listen"]


def test_a_trace_whose_program_was_killed_has_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "QUIET_S", 0.0)
    found = traces_of(folder)
    (folder / "lab1-server.14").write_text(SERVER)
    with writer_of(folder / "lab1-server.14"):
        found.poll()
        found.poll()
        assert found.is_active
    found.poll()
    assert not found.is_active
    assert names_in(folder) == []


def test_what_had_no_room_is_counted(folder: Path) -> None:
    found = traces_of(folder)
    (folder / "lab1-server.14").write_text("missed 30\n" + SERVER + "missed 5\n")
    found.poll()
    assert found.take_missed() == 35
    assert found.take_missed() == 0


@pytest.mark.parametrize(
    "name", ["lab2-client.1", "lab1-client", "lab1-.1", "lab1-Client.1", "lab1-client.x", ".1"]
)
def test_other_names_are_not_looked_at(folder: Path, name: str) -> None:
    found = traces_of(folder)
    (folder / name).write_text(SERVER)
    assert names(found) == []


def test_what_is_no_plain_file_is_not_read(folder: Path) -> None:
    secret = folder / "secret"
    secret.write_text(SERVER)
    found = traces_of(folder)
    (folder / "lab1-client.1").symlink_to(secret)
    os.mkfifo(folder / "lab1-client.2")
    (folder / "lab1-client.3").mkdir()
    assert names(found) == []
    assert secret.exists()


def test_few_files_are_read_at_once(folder: Path) -> None:
    found = traces_of(folder)
    for number in range(100):
        (folder / f"lab1-client.{number}").write_text(SERVER.splitlines()[3] + "\n")
    assert len(names(found)) == traces.FILES_AT_ONCE


def test_garbage_is_passed_over(folder: Path) -> None:
    found = traces_of(folder)
    line = SERVER.splitlines()[3].encode()
    data = bytes(range(256)) * 100 + b"\n" + b"x" * 100_000 + b"\n" + line + b"\n"
    (folder / "lab1-client.1").write_bytes(data)
    assert names(found) == ["listen"]


def test_a_trace_starts_with_its_first_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = traces_of(folder)
    path = folder / "lab1-client.1"
    path.touch()
    found.poll()
    assert found.is_starting
    with path.open("a") as more:
        more.write("begin\n")
    found.poll()
    assert not found.is_starting
    (folder / "lab1-client.2").touch()
    found.poll()
    assert found.is_starting
    monkeypatch.setattr(traces, "STARTS_WITHIN_S", 0.0)
    assert not found.is_starting


def test_a_missing_folder_holds_no_trace(tmp_path: Path) -> None:
    found = Traces(tmp_path / "missing", lab="lab1")
    assert found.poll() == ([], [])
