"""The greeting tells who is there and what to type."""

from wire.greeting import greet
from wire.words import Language

LANGUAGES: tuple[Language, Language] = ("en", "zh")


def test_host_that_is_not_found_is_said_to_be_missing() -> None:
    lines = greet(
        lab="lab1", server=["10.207.1.4"], client=[], port="8080", command="x", language="en"
    )
    assert "    client (not found yet)  ◀────────▶  server 10.207.1.4, port 8080" in lines


def test_greeting_names_hosts_port_and_commands() -> None:
    lines = greet(
        lab="lab2",
        server=["10.207.2.4", "fd00::4"],
        client=["10.207.2.5"],
        port="7777",
        command="python3 client.py server 7777",
        language="en",
    )
    assert lines[1] == "lab2: two hosts on one private network"
    assert "    client 10.207.2.5  ◀────────▶  server 10.207.2.4, fd00::4, port 7777" in lines
    assert "    docker compose exec lab2-client bash" in lines
    assert "    python3 client.py server 7777" in lines
    assert "    docker compose logs -f lab2-server" in lines


def test_calls_are_announced_where_they_come() -> None:
    shown, hidden = (
        greet(
            lab="lab1",
            server=["10.207.1.4"],
            client=["10.207.1.5"],
            port="8080",
            command="x",
            language="en",
            shows_calls=shows_calls,
        )
        for shows_calls in (True, False)
    )
    (line,) = set(shown) - set(hidden)
    assert line == "A line with ● is a socket call of the program on that host."
    assert [each for each in shown if each != line] == hidden


def test_commands_are_the_same_in_both_languages() -> None:
    english, chinese = (
        greet(
            lab="lab1",
            server=["10.207.1.4"],
            client=["10.207.1.5"],
            port="8080",
            command="x",
            language=language,
        )
        for language in LANGUAGES
    )
    assert chinese[1] == "lab1：一个私有网络上的两台主机"
    assert [line for line in english if line.startswith("    docker")] == [
        line for line in chinese if line.startswith("    docker")
    ]
