"""The folder that students can write into."""

import os
from pathlib import Path

import pytest

from unit.traced import SERVER
from wire import traces
from wire.traces import Traces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def names(found: Traces) -> list[str]:
    return [call.name for call in found.poll()[0]]


def test_calls_are_read_as_they_come(folder: Path) -> None:
    found = Traces(folder, lab="lab1")
    assert not found.is_active
    lines = SERVER.splitlines(keepends=True)
    path = folder / "lab1-server.14"
    path.write_text("".join(lines[:2]) + lines[2][:40])
    assert names(found) == ["socket", "setsockopt"]
    assert found.is_active
    path.write_text("".join(lines[:4]))
    assert names(found) == ["bind", "listen"]
    with path.open("a") as more:
        more.write(lines[4][:70])
    assert [call.name for call in found.poll()[1]] == ["accept"]


def test_an_ended_trace_is_removed(folder: Path) -> None:
    found = Traces(folder, lab="lab1")
    path = folder / "lab1-server.14"
    path.write_text(SERVER + "end\n")
    assert len(names(found)) == 10
    assert not found.is_active
    assert not path.exists()


def test_a_trace_whose_file_is_gone_has_ended(folder: Path) -> None:
    found = Traces(folder, lab="lab1")
    path = folder / "lab1-server.14"
    path.write_text(SERVER)
    found.poll()
    path.unlink()
    found.poll()
    assert not found.is_active


def test_traces_from_before_are_removed(folder: Path) -> None:
    (folder / "lab1-client.1").write_text(SERVER)
    (folder / "lab2-client.1").write_text(SERVER)
    Traces(folder, lab="lab1")
    assert [path.name for path in folder.iterdir()] == ["lab2-client.1"]


@pytest.mark.parametrize(
    "name", ["lab2-client.1", "lab1-client", "lab1-.1", "lab1-Client.1", "lab1-client.x", ".1"]
)
def test_other_names_are_not_looked_at(folder: Path, name: str) -> None:
    found = Traces(folder, lab="lab1")
    (folder / name).write_text(SERVER)
    assert names(found) == []


def test_what_is_no_plain_file_is_not_read(folder: Path) -> None:
    secret = folder / "secret"
    secret.write_text(SERVER)
    found = Traces(folder, lab="lab1")
    (folder / "lab1-client.1").symlink_to(secret)
    os.mkfifo(folder / "lab1-client.2")
    (folder / "lab1-client.3").mkdir()
    assert names(found) == []
    assert secret.exists()


def test_few_files_are_read_at_once(folder: Path) -> None:
    found = Traces(folder, lab="lab1")
    for number in range(100):
        (folder / f"lab1-client.{number}").write_text(SERVER.splitlines()[3] + "\n")
    assert len(names(found)) == traces.FILES_AT_ONCE


def test_garbage_is_passed_over(folder: Path) -> None:
    found = Traces(folder, lab="lab1")
    line = SERVER.splitlines()[3].encode()
    data = bytes(range(256)) * 100 + b"\n" + b"x" * 100_000 + b"\n" + line + b"\n"
    (folder / "lab1-client.1").write_bytes(data)
    assert names(found) == ["listen"]


def test_a_file_is_not_read_beyond_its_limit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "FILE_BYTES", 1000)
    found = Traces(folder, lab="lab1")
    (folder / "lab1-client.1").write_text("x\n" * 1000)
    found.poll()
    assert not found.is_active


def test_a_trace_starts_with_its_first_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Traces(folder, lab="lab1")
    path = folder / "lab1-client.1"
    path.touch()
    found.poll()
    assert found.is_starting
    path.write_text("begin\n")
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
