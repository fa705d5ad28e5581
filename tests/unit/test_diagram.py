"""The picture: what a line says, and that no payload can break it."""

import pytest

from unit.segments import (
    CLIENT,
    HELLO,
    IPV6,
    SERVER,
    build_datagram,
    build_echo,
    build_segment,
    observe,
)
from wire.diagram import draw, name_flags, show_payload
from wire.packet import Flags
from wire.words import Language

NAMES = {
    "10.208.7.4": "server",
    "10.208.7.5": "client",
    SERVER.address: "server",
    CLIENT.address: "client",
}

EXCHANGE = r"""
#1  TCP  client:39172 ─── server:8080
   0.000  #1  client ──▶ server  SYN          seq 0               len 0
   0.010  #1  client ◀── server  SYN-ACK      seq 0     ack 1     len 0
   0.020  #1  client ──▶ server  ACK          seq 1     ack 1     len 0     <- three-way handshake complete
   0.030  #1  client ──▶ server  PSH-ACK      seq 1     ack 1     len 6    "hello\n"
   0.040  #1  client ◀── server  ACK          seq 1     ack 7     len 0
   0.050  #1  client ◀── server  PSH-ACK      seq 1     ack 7     len 15   "5 bytes: hello\n"
   0.060  #1  client ──▶ server  ACK          seq 7     ack 16    len 0
   0.070  #1  client ◀── server  FIN-ACK      seq 16    ack 7     len 0     <- closes first, no more data
   0.080  #1  client ──▶ server  FIN-ACK      seq 7     ack 17    len 0     <- closes too, no more data
   0.090  #1  client ◀── server  ACK          seq 17    ack 8     len 0     <- connection closed"""  # noqa: E501


def picture(*frames: bytes, language: Language = "en") -> list[str]:
    events = observe(frames)
    return [line for event in events for line in draw(event, names=NAMES, language=language)]


def show(payload: bytes, length: int | None = None) -> str:
    return show_payload(payload, length=len(payload) if length is None else length, language="en")


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (b"\x1b[2J\x07", r'"\x1b[2J\x07"'),
        ("\x9b2J".encode(), r'"\xc2\x9b2J"'),
        ("a\u202eb".encode(), r'"a\xe2\x80\xaeb"'),
        (b'say "hi"\\n\r\n\t', r'"say \"hi\"\\n\r\n\t"'),
    ],
    ids=["escape sequence", "8-bit control", "right-to-left override", "quotes and line ends"],
)
def test_payload_cannot_control_the_terminal(payload: bytes, shown: str) -> None:
    assert show(payload) == shown


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ("你好\n".encode(), r'"你好\n"'),
        ("你好".encode()[:4], r'"你\xe5"'),
        ("你好".encode()[4:], r'"\xa5\xbd"'),
        ("你好啊".encode()[1:8], r'"\xbd\xa0好\xe5\x95"'),
        (b"\x00\x00\x00\x05hello", r'"\x00\x00\x00\x05hello"'),
        ("你好世界".encode("gbk"), "hex c4 e3 ba c3 ca c0 bd e7"),
        (bytes(range(128, 160)), f"hex {bytes(range(128, 148)).hex(' ')} (first 20 of 32 bytes)"),
    ],
    ids=["whole", "cut at the end", "cut at the start", "cut twice", "framed", "GBK", "binary"],
)
def test_payload_is_text_where_it_can_be(payload: bytes, shown: str) -> None:
    assert show(payload) == shown


def test_long_payload_is_cut_between_characters() -> None:
    # 64 bytes hold 21 characters of 3 bytes; the 22nd would be halved.
    assert show(("你" * 400).encode()) == f'"{"你" * 21}" (first 63 of 1,200 bytes)'


def test_long_payload_is_cut_at_64_bytes() -> None:
    assert show(b"x" * 64) == f'"{"x" * 64}"'
    assert show(b"x" * 65) == f'"{"x" * 64}" (first 64 of 65 bytes)'


def test_bytes_that_were_not_captured_are_counted() -> None:
    assert show(b"he", length=1448) == '"he" (first 2 of 1,448 bytes)'
    assert show(b"", length=1448) == '"" (first 0 of 1,448 bytes)'


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (Flags.SYN, "SYN"),
        (Flags.ACK | Flags.SYN, "SYN-ACK"),
        (Flags.ACK | Flags.PSH, "PSH-ACK"),
        (Flags.ACK | Flags.FIN | Flags.PSH, "FIN-PSH-ACK"),
        (Flags.RST, "RST"),
        (Flags.SYN | Flags.ECE | Flags.CWR, "SYN"),
        (Flags(0), ""),
    ],
)
def test_flags_are_named_as_in_textbooks(flags: Flags, words: str) -> None:
    assert name_flags(flags) == words


def test_recorded_exchange() -> None:
    assert "\n".join(picture(*HELLO)) == EXCHANGE


def test_notes_are_in_the_language_asked_for() -> None:
    assert picture(*HELLO, language="zh")[4].endswith("<- 三次握手完成")


def test_usual_lines_fit_into_110_columns() -> None:
    assert max(map(len, picture(*HELLO))) <= 110


def test_hosts_without_a_name_show_their_address() -> None:
    lines = picture(*IPV6)
    assert lines[1] == "#1  TCP over IPv6  fd00:208::5:58584 ─── fd00:208::4:7777"
    assert "fd00:208::5 ──▶ fd00:208::4  SYN " in lines[2]


def test_client_stays_left_when_the_server_begins() -> None:
    syn = build_segment(Flags.SYN, sequence=1, is_reply=True)
    heading, line = picture(syn)[1:]
    assert heading == "#1  TCP  client:40000 ─── server:8080"
    assert "client ◀── server  SYN" in line


def test_server_stays_right_of_a_host_without_a_name() -> None:
    peer = CLIENT._replace(address="10.207.1.9")
    syn = build_segment(Flags.SYN, sequence=1, is_reply=True, client=peer)
    assert "10.207.1.9 ◀── server  SYN" in picture(syn)[-1]


def test_note_follows_the_payload() -> None:
    data = build_segment(Flags.ACK, sequence=1, acknowledgement=1, payload=b"hi")
    assert picture(data, data)[-1].endswith('len 2    "hi" <- retransmission')


def test_large_numbers_stay_apart() -> None:
    frames = [
        build_segment(Flags.ACK, sequence=number, acknowledgement=1, payload=b"x")
        for number in (1, 12_345_678)
    ]
    assert "seq 12345678 ack 1 " in picture(*frames)[-1]


def test_datagram() -> None:
    assert picture(build_datagram("数据报".encode())) == [
        "",
        "#1  UDP  client:40000 ─── server:8080",
        '   0.000  #1  client ──▶ server  UDP                              len 9    "数据报"',
    ]


def test_ping() -> None:
    assert picture(build_echo(), build_echo(is_reply=True)) == [
        "",
        "#1  ping  client ─── server",
        "   0.000  #1  client ──▶ server  echo request seq 1               len 56",
        "   0.010  #1  client ◀── server  echo reply   seq 1               len 56",
    ]
