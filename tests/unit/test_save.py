"""The wire's command `save`: the last connection, whole, where the hosts can read it."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dpkt
import pytest

from unit.segments import HELLO
from unit.test_events import HELLO_NAMES, RUN, passed
from wire import save
from wire.events import Counted, Passed, Record, to_line
from wire.save import last_connection

Save = Callable[..., int]
BEGUN = replace(RUN, hosts={"client": ["10.208.7.5"], "server": ["10.208.7.4"]})
FIRST: list[Passed] = passed(*HELLO[:4], names=HELLO_NAMES)
SECOND = [replace(each, flow=2) for each in passed(*HELLO, names=HELLO_NAMES)]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Where the wire writes what it sees, and where captures go."""
    events, captures = tmp_path / "events", tmp_path / "captures"
    (events / "lab1").mkdir(parents=True)
    captures.mkdir()
    return events, captures


@pytest.fixture
def type_save(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Save:
    monkeypatch.setenv("LAB", "lab1")
    monkeypatch.setenv("LAB_LANG", "en")
    events, captures = places
    return lambda *words: save.main(words, events=events, captures=captures, settle_s=0.0)


def see(events: Path, *records: Record) -> None:
    lines = "".join(to_line(each) for each in (BEGUN, *records))
    (events / "lab1" / "1700000000.000.jsonl").write_text(lines)


def frames(path: Path) -> list[bytes]:
    return [frame for _, frame in dpkt.pcap.Reader(io.BytesIO(path.read_bytes()))]


def test_the_last_connection_is_saved(
    places: tuple[Path, Path], type_save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    events, captures = places
    see(events, *FIRST, *SECOND)
    assert type_save("client-first") == 0
    assert frames(captures / "client-first.pcap") == list(HELLO)
    assert [path.name for path in captures.iterdir()] == ["client-first.pcap"]
    assert (captures / "client-first.pcap").stat().st_mode & 0o777 == 0o644
    said = capsys.readouterr().out
    assert said.startswith("#2  client:")
    assert f"─── server:8080, {len(HELLO)} segments: {captures}/client-first.pcap" in said


def test_without_a_name_it_is_the_last(places: tuple[Path, Path], type_save: Save) -> None:
    events, captures = places
    for records in (FIRST, SECOND):
        see(events, *records)
        assert type_save() == 0
        assert len(frames(captures / "last.pcap")) == len(records)


def test_what_was_only_counted_is_said(
    places: tuple[Path, Path], type_save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    see(places[0], *SECOND, Counted(2, SECOND[0].ends, 1.0, 1200, 99, 0, "TCP"))
    assert type_save() == 0
    assert "1,200 more were only counted" in capsys.readouterr().out


def test_packets_that_impair_has_told_of_are_not_counted() -> None:
    saved = last_connection([*FIRST, replace(FIRST[-1], frame="")])
    assert saved
    assert saved.segments == len(FIRST)


def test_a_datagram_is_no_connection() -> None:
    assert last_connection([replace(FIRST[0], kind="UDP")]) is None


def test_nothing_to_save_is_said(
    places: tuple[Path, Path], type_save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    assert type_save() == 3
    see(places[0])
    assert type_save() == 3
    assert capsys.readouterr().err.count("run the client first") == 2


def test_a_lab_without_a_place_says_so(
    places: tuple[Path, Path], type_save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    places[1].rmdir()
    assert type_save() == 3
    assert "docker compose up -d board" in capsys.readouterr().err


def test_a_name_cannot_lead_elsewhere(type_save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("../x",), (".hidden",), ("a", "b"), ("",), ("--name",)):
        assert type_save(*words) == 2
    assert capsys.readouterr().err.count("save [NAME]") == 5
    assert type_save("--help") == 0
    assert "/captures/NAME.pcap" in capsys.readouterr().out
