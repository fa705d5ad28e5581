"""What the hosts tell of their sockets, believed only as far as it can be true."""

import json
from pathlib import Path
from typing import Any

import pytest

from wire.life import State
from wire.packet import Endpoint
from wire.samples import News, Sample, Samples, read

CLIENT, SERVER = Endpoint("10.207.1.5", 41270), Endpoint("10.207.1.4", 8080)
SOCKET = [*CLIENT, *SERVER, "ESTABLISHED", 0, 621192, 131072, 691200, 64512, 1, 9987]
WAITING = [*CLIENT, *SERVER, "TIME-WAIT", 0, 0, None, None, None, None, None]


def line(*sockets: list[Any], time_s: float = 1795875564.4) -> str:
    return json.dumps([time_s, sockets])


def write(folder: Path, text: str, *, name: str = "lab1-client.sockets") -> None:
    with (folder / name).open("a") as file:
        file.write(f"{text}\n")


def test_a_line_is_read() -> None:
    found = read("client", line(SOCKET, WAITING))
    assert found is not None
    first, second = found[1]
    assert first == Sample(
        *("client", 1795875564.4, (CLIENT, SERVER), State.ESTABLISHED, 0, 621192),
        *(131072, 691200, 64512, 1, 9.987),
    )
    assert (second.state, second.room, second.rtt_ms) == (State.TIME_WAIT, None, None)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "1", "[]", "[1]", "[1, 2]", '["a", []]', "[NaN, []]", "[9e99, []]", "[" * 9999),
        line(SOCKET[:4]),
        line([*SOCKET, 1]),
        line([*CLIENT, *SERVER, "OPEN", *SOCKET[5:]]),
        line([*CLIENT, *SERVER, "ESTABLISHED", -1, *SOCKET[6:]]),
        line([*CLIENT, *SERVER, "ESTABLISHED", "1", *SOCKET[6:]]),
        line([*CLIENT, *SERVER, "ESTABLISHED", 2**50, *SOCKET[6:]]),
    ],
)
def test_what_is_no_sample_is_passed_over(text: str) -> None:
    assert read("client", text) is None


def test_samples_come_once_and_a_socket_that_is_gone_is_closed(tmp_path: Path) -> None:
    samples = Samples(tmp_path, lab="lab1")
    assert samples.poll() == []
    write(tmp_path, line(SOCKET))
    assert [each.state for each in samples.poll()] == ["ESTABLISHED"]
    assert samples.poll() == []
    write(tmp_path, line(WAITING))
    assert [each.state for each in samples.poll()] == ["TIME-WAIT"]
    write(tmp_path, line())
    assert [(each.state, each.ends) for each in samples.poll()] == [("CLOSED", (CLIENT, SERVER))]


def test_a_host_that_begins_again_is_read_again(tmp_path: Path) -> None:
    samples = Samples(tmp_path, lab="lab1")
    write(tmp_path, line(SOCKET))
    samples.poll()
    (tmp_path / "lab1-client.sockets").unlink()
    write(tmp_path, line(WAITING))
    assert samples.poll() == []
    assert [each.state for each in samples.poll()] == ["TIME-WAIT"]


@pytest.mark.parametrize("name", ["lab2-client.sockets", "lab1-.sockets", "lab1-client.socket"])
def test_other_names_are_not_looked_at(tmp_path: Path, name: str) -> None:
    write(tmp_path, line(SOCKET), name=name)
    assert Samples(tmp_path, lab="lab1").poll() == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, line(SOCKET), name="secret")
    (tmp_path / "lab1-client.sockets").symlink_to(tmp_path / "secret")
    assert Samples(tmp_path, lab="lab1").poll() == []


def test_a_missing_folder_has_no_samples(tmp_path: Path) -> None:
    assert Samples(tmp_path / "missing", lab="lab1").poll() == []


def sample(time_s: float, *, received: int = 0, rtt_ms: float = 1.0) -> Sample:
    ends = (SERVER, CLIENT)
    return Sample("server", time_s, ends, State.ESTABLISHED, received=received, rtt_ms=rtt_ms)


def test_what_says_the_same_is_no_news() -> None:
    news = News()
    assert news.is_news(sample(10.0), 1)
    assert not news.is_news(sample(11.0, rtt_ms=2.0), 1)
    assert news.is_news(sample(12.0, received=5), 1)
    assert not news.is_news(sample(13.0, received=5), 1)


def test_after_a_packet_the_same_is_news_once() -> None:
    news = News()
    news.is_news(sample(10.0), 1)
    news.pass_by(1, 10.5)
    news.pass_by(2, 11.5)
    assert news.is_news(sample(11.0), 1)
    assert not news.is_news(sample(12.0), 1)
