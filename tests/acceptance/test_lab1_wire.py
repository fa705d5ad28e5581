"""What the wire prints of lab 1: a greeting, then the conversation in its order."""

import re
from collections.abc import Iterator

import pytest

from acceptance.compose import Project
from acceptance.waiting import eventually

GREETING = {
    "en": "lab1: two hosts on one private network",
    "zh": "lab1：一个私有网络上的两台主机",
}
# One exchange of the starter: what each segment is, and what it carries.
EXCHANGE = [
    r"client ──▶ server  SYN ",
    r"client ◀── server  SYN-ACK ",
    r"client ──▶ server  ACK ",
    r'client ──▶ server  PSH-ACK .* len 7 +"你好\\n"',
    r'client ◀── server  PSH-ACK .* "\d bytes: 你好\\n"',
    r"FIN-ACK .* closes first",  # either side: the starter's both close after the reply
    r"FIN-ACK .* closes too",
    r"ACK .* connection closed",
]


@pytest.fixture(scope="module")
def printed(lab1: Project) -> str:
    """The wire's output up to the end of an exchange that this module makes."""
    for attempt in eventually():
        with attempt:
            assert "docker compose down" in lab1.logs("lab1")
    for attempt in eventually():
        with attempt:
            done = lab1.exec(
                "lab1-client", "python3", "client.py", "server", "8080", "你好", check=False
            )
            assert done.status == 0
    for attempt in eventually():
        with attempt:
            printed = lab1.logs("lab1")
            assert re.search(r'"你好\\n"(.*\n)+.*connection closed', printed)
    return printed


def test_the_greeting_comes_first(printed: str) -> None:
    assert printed.strip().startswith(GREETING["en"])


def test_the_greeting_gives_addresses_and_the_port(printed: str, lab1: Project) -> None:
    greeting = printed.split("#1", maxsplit=1)[0]
    for part in (f"client {lab1.net}.5", f"server {lab1.net}.4", "port 8080"):
        assert part in greeting


def test_the_greeting_names_the_next_commands(printed: str) -> None:
    greeting = printed.split("#1", maxsplit=1)[0]
    assert "docker compose exec lab1-client bash\n" in greeting
    assert "python3 client.py server 8080\n" in greeting


def test_the_exchange_is_printed_in_its_order(printed: str) -> None:
    carried = re.search(r'^.* #(\d+) .*"你好\\n"$', printed, re.MULTILINE)
    assert carried
    conversation = [line for line in printed.splitlines() if f" #{carried[1]} " in line]
    rest: Iterator[str] = iter(conversation)
    for segment in EXCHANGE:
        assert any(re.search(segment, line) for line in rest), (segment, conversation)


def test_the_greeting_speaks_chinese(lab1_zh: Project) -> None:
    for attempt in eventually():
        with attempt:
            assert lab1_zh.logs("lab1").strip().startswith(GREETING["zh"])
