"""Lines of strace taken apart, whoever wrote them."""

import pytest

from unit.traced import SERVER
from wire.packet import Endpoint
from wire.strace import (
    Line,
    Reader,
    SocketName,
    address_of,
    bytes_of,
    error_of,
    socket_of,
    split,
)


def test_a_line_has_process_time_name_arguments_result_and_how_long_it_took() -> None:
    line = SERVER.splitlines()[3]
    assert Reader().read(line) == Line(
        14, 1795863381.377166, "listen", ("3<TCP:[0.0.0.0:8080]>", "128"), "0", 0.000016
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14    1795863382.063924 +++ exited with 0 +++",
        "14    1795863382.063924 --- SIGINT {si_signo=SIGINT} ---",
        "99999999999 1795863382.0 close(3) = 0",
        "14 1795863382.0 close(3",
        "14 1795863382.0 <... close resumed>",
        "(" * 8000,
        "14 1795863382.0 " + '"' * 8000,
    ],
)
def test_what_is_no_call_is_left_out(text: str) -> None:
    assert Reader().read(text) is None


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ("", ()),
        ("3, 128", ("3", "128")),
        ('3<TCP:[1.2.3.4:5->6.7.8.9:10]>, "a, \\"b)", 8', None),
        ('3, "a, \\")b", 8', ("3", '"a, \\")b"', "8")),
        ("3, {a=1, b={c=2}}, [1, 2]", ("3", "{a=1, b={c=2}}", "[1, 2]")),
    ],
)
def test_arguments_are_split_outside_of_quotes_and_brackets(
    arguments: str, parts: tuple[str, ...] | None
) -> None:
    found = split(arguments)
    assert parts is None or found == parts


def test_hostile_arguments_are_few() -> None:
    assert len(split("," * 1000)) <= 17


def test_a_socket_says_both_its_ends() -> None:
    assert socket_of("4<TCP:[10.0.0.4:80->10.0.0.5:90]>") == SocketName(
        4, "TCP", Endpoint("10.0.0.4", 80), Endpoint("10.0.0.5", 90)
    )
    assert socket_of("4<TCPv6:[[::1]:80->[::1]:90]>") == SocketName(
        4, "TCPv6", Endpoint("::1", 80), Endpoint("::1", 90)
    )
    assert socket_of("3<TCP:[314910]>") == SocketName(3, "TCP", None, None)


@pytest.mark.parametrize("text", ["3", "3</etc/passwd>", "x<TCP:[1]>", "3<TCP:[1]", ""])
def test_what_is_no_socket_is_none(text: str) -> None:
    assert socket_of(text) is None


def test_an_ipv4_address_in_an_ipv6_one_is_plain() -> None:
    name = socket_of("4<TCPv6:[[::ffff:10.0.0.4]:80->[::ffff:10.0.0.5]:90]>")
    assert name is not None
    assert name.remote == Endpoint("10.0.0.5", 90)


def test_addresses_of_both_families_are_read() -> None:
    v4 = '{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.0.0.4")}'
    v6 = '{sa_family=AF_INET6, sin6_port=htons(9), inet_pton(AF_INET6, "fd00::4", &sin6_addr)}'
    assert address_of(v4) == Endpoint("10.0.0.4", 9)
    assert address_of(v6) == Endpoint("fd00::4", 9)
    assert address_of('sin_port=htons(99999), inet_addr("10.0.0.4")') is None
    assert address_of('sin_port=htons(9), inet_addr("nowhere")') is None


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        (r'"hi\n\r\t\0\\\""', b'hi\n\r\t\0\\"'),
        (r'"\344\275\240"', "你".encode()),
        (r'"\x1b[2J"', b"\x1b[2J"),
        (r'[{iov_base="ab", iov_len=2}]', b"ab"),
    ],
)
def test_bytes_are_what_the_program_sent(text: str, payload: bytes) -> None:
    assert bytes_of(text) == (payload, False)


def test_cut_bytes_say_so() -> None:
    assert bytes_of('"abc"...') == (b"abc", True)
    assert bytes_of("0x7ffe430e01e0") is None


@pytest.mark.parametrize(
    ("result", "error"),
    [
        ("0", None),
        ("-1 ECONNREFUSED (Connection refused)", "ECONNREFUSED"),
        ("? ERESTARTSYS (To be restarted if SA_RESTART is set)", "ERESTARTSYS"),
        ("-1", None),
    ],
)
def test_errors_have_their_names(result: str, error: str | None) -> None:
    assert error_of(result) == error


def test_calls_interrupted_by_other_processes_are_put_together() -> None:
    reader = Reader()
    assert reader.read("30 100.5 accept4(3<TCP:[0.0.0.0:80]>,  <unfinished ...>") is None
    assert [(line.process, line.name, line.result) for line in reader.waiting("")] == [
        (30, "accept4", None)
    ]
    line = reader.read("30 101.0 <... accept4 resumed>NULL, NULL, 0) = 4<TCP:[1]> <0.5>")
    assert line == Line(
        30, 100.5, "accept4", ("3<TCP:[0.0.0.0:80]>", "NULL", "NULL", "0"), "4<TCP:[1]>", 0.5
    )
    assert reader.waiting("") == []


def test_a_line_without_an_end_is_a_call_that_waits() -> None:
    (line,) = Reader().waiting("14 100.5 recvfrom(4<TCP:[1]>, ")
    assert (line.name, line.arguments, line.result) == ("recvfrom", ("4<TCP:[1]>",), None)
