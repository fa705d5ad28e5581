"""The journal stays small, and is never in the way."""

from pathlib import Path

import pytest

from wire import journal
from wire.events import Missed, Record, Run, from_line
from wire.journal import Journal, runs

RUN = Run(2, "lab1", "8080", 0.0, {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Unix time, which goes on by a second each time it is asked for."""
    now = [1_700_000_000.0]

    def tick() -> float:
        now[0] += 1
        return now[0]

    monkeypatch.setattr("time.time", tick)
    monkeypatch.setattr("time.monotonic", lambda: 5.0)
    return now


def read(path: Path) -> list[Record | None]:
    return [from_line(line) for line in path.read_text().splitlines()]


def test_a_run_begins_a_file(tmp_path: Path, clock: list[float]) -> None:
    for _ in range(2):
        log = Journal(tmp_path / "lab1", RUN)
        assert log.begin()
        log.write([Missed(1)])
        log.close()
    files = runs(tmp_path / "lab1")
    assert len(files) == 2
    first, second = read(files[-1])
    assert isinstance(first, Run)
    assert first.at == clock[0]
    assert second == Missed(1)


def test_a_full_file_is_followed_by_another(
    tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "RUN_BYTES", 200)
    log = Journal(tmp_path / "lab1", RUN)
    log.begin()
    for number in range(100):
        log.write([Missed(number)])
    log.close()
    files = runs(tmp_path / "lab1")
    assert len(files) == journal.RUNS_KEPT
    assert all(isinstance(read(path)[0], Run) for path in files)
    assert sum(path.stat().st_size for path in files) < 1000


def test_what_comes_too_fast_is_counted(
    tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Journal(tmp_path / "lab1", RUN)
    log.begin()
    for _ in range(journal.RECORDS_A_SECOND + 50):
        log.write([Missed(1)])
    monkeypatch.setattr("time.monotonic", lambda: 6.0)
    log.write([Missed(1)])
    log.close()
    assert read(runs(tmp_path / "lab1")[0])[-2:] == [Missed(50), Missed(1)]


def test_nothing_is_written_where_nothing_can_be(tmp_path: Path) -> None:
    log = Journal(tmp_path / "missing" / "lab1", RUN)
    assert not log.begin()
    log.write([Missed(1)])
    log.close()


def test_a_full_disk_ends_the_journal() -> None:
    log = Journal(Path("/nowhere"), RUN)
    with Path("/dev/full").open("wb", buffering=0) as full:
        log._file = full
        log.write([Missed(1)])
        log.write([Missed(1)])
