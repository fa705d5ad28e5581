"""The board finds and follows runs, and nothing else in the volume."""

from pathlib import Path

import pytest

from unit.test_events import CALL, RUN
from wire.board.runs import Tail, find_run, labs_of, read_records
from wire.events import Missed, to_line

FIRST, SECOND = "1700000000.000.jsonl", "1700000001.500.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab1").mkdir()
    for name in (SECOND, FIRST):
        (tmp_path / "lab1" / name).write_text(to_line(RUN))
    return tmp_path


def test_runs_are_listed_oldest_first(folder: Path) -> None:
    (folder / "lab2").mkdir()
    (folder / "stray").write_text("")
    assert labs_of(folder) == {"lab1": [FIRST, SECOND]}
    (folder / "lab2" / "1700000009.000.jsonl").write_text("")
    assert list(labs_of(folder)) == ["lab2", "lab1"]


def test_nothing_is_listed_where_nothing_is(tmp_path: Path) -> None:
    assert labs_of(tmp_path / "missing") == {}
    assert find_run(tmp_path, "lab1", "") is None


def test_the_latest_run_is_found(folder: Path) -> None:
    assert find_run(folder, "lab1", "") == folder / "lab1" / SECOND
    assert find_run(folder, "lab1", FIRST) == folder / "lab1" / FIRST


@pytest.mark.parametrize(
    ("lab", "run"),
    [
        ("..", ""),
        ("lab1/..", ""),
        ("", ""),
        ("lab1", "../lab1/1700000000.000.jsonl"),
        ("lab1", "1700000002.000.jsonl"),
        ("lab1", "/etc/passwd"),
    ],
)
def test_no_other_file_is_found(folder: Path, lab: str, run: str) -> None:
    assert find_run(folder, lab, run) is None


def test_records_of_one_flow_are_read(folder: Path) -> None:
    path = folder / "lab1" / FIRST
    path.write_text(to_line(RUN) + "garbage\n" + to_line(CALL) + to_line(Missed(2)) + "\xff")
    assert read_records(path) == [RUN, CALL, Missed(2)]
    assert read_records(path, flow=CALL.flow) == [RUN, CALL, Missed(2)]
    assert read_records(path, flow=99) == [RUN, Missed(2)]


def test_whole_lines_are_followed(folder: Path) -> None:
    path = folder / "lab1" / FIRST
    tail = Tail(path)
    assert tail.read() == [to_line(RUN).rstrip()]
    assert tail.read() == []
    line = to_line(CALL)
    with path.open("a") as more:
        more.write(line[:20])
        more.flush()
        assert tail.read() == []
        more.write(line[20:])
    assert tail.read() == [line.rstrip()]
    assert tail.offset == path.stat().st_size


def test_following_goes_on_where_it_stopped(folder: Path) -> None:
    path = folder / "lab1" / FIRST
    path.write_text(to_line(RUN) + to_line(CALL))
    assert Tail(path, len(to_line(RUN))).read() == [to_line(CALL).rstrip()]


def test_a_line_without_an_end_is_not_kept(folder: Path) -> None:
    path = folder / "lab1" / FIRST
    path.write_text("x" * 100_000)
    tail = Tail(path)
    assert tail.read() == []
    with path.open("a") as more:
        more.write("\n" + to_line(CALL))
    assert tail.read() == [to_line(CALL).rstrip()]


def test_a_removed_run_is_quiet(folder: Path) -> None:
    path = folder / "lab1" / FIRST
    tail = Tail(path)
    path.unlink()
    assert tail.read() == []
