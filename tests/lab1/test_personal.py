"""Lab 1, the client with values of the student's own; asked for by --personal and --values only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.errors import CheckFailed
from grader.language import Text
from grader.personal import FIRST_PORT, LAST_PORT, TOKEN
from wire.packet import Flags

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture
    from grader.peer import Peer
    from grader.personal import Values
    from wire.packet import Segment


@pytest.mark.points(1)
@pytest.mark.requires("client-sends-line")
def test_client_uses_own_values(client: Host, peer: Peer, personal: Values) -> None:
    """The client called with HOST alone uses your own port, token and payload.
    只给出 HOST 时，客户端使用你自己的端口、令牌和文本。
    """
    with client.capture() as packets:
        listener = peer.listen(personal.port)
        start(client, listener.address)
        try:
            connection = listener.accept()
        except CheckFailed as problem:
            port = port_tried(packets)
            if port is None:
                raise CheckFailed(replace(problem.lesson, hint=OWN)) from None
            raise CheckFailed(
                replace(
                    problem.lesson,
                    saw=CONNECTS_ELSEWHERE.fill(port=port),
                    hint=told_at(port, client, peer),
                )
            ) from None
        line = connection.receive_line(hint=OWN)
        wanted = f"{personal.token} {personal.payload}\n".encode()
        expect.same_bytes(line, wanted, hint=hint_for(line, personal))


def start(client: Host, host: str) -> None:
    """Start client.py with nothing but a host."""
    client.start("python3", "client.py", host, stdin=b"")


def port_tried(packets: Capture) -> int | None:
    """Tell where the client wanted to connect to, if anywhere."""
    return next((each.target.port for each in packets.segments() if is_opening(each)), None)


def is_opening(segment: Segment) -> bool:
    """Is it the first of a handshake?"""
    return segment.has(Flags.SYN) and not segment.has(Flags.ACK)


def told_at(port: int, client: Host, peer: Peer) -> Text:
    """Read what the client says at a port that may be another student's; tell what is wrong."""
    if not FIRST_PORT <= port <= LAST_PORT:
        return OWN
    listener = peer.listen(port)
    start(client, listener.address)
    try:
        return NOT_YOURS if has_token(listener.accept().receive_line()) else OWN
    except CheckFailed:
        return OWN


def hint_for(line: bytes, personal: Values) -> Text:
    """Tell an own token with something else beside it from one that is not one's own."""
    return NOT_YOURS if has_token(line) and personal.token.encode() not in line else OWN


def has_token(line: bytes) -> bool:
    """Is the first word a token, whoever's?"""
    return bool(TOKEN.fullmatch(line.decode(errors="replace").partition(" ")[0]))


CONNECTS_ELSEWHERE = Text("client.py connects to port {port}", "client.py 连接的是端口 {port}")
OWN = Text(
    r"python3 client.py HOST, without PORT and TEXT, connects to the port that your teacher gave"
    r" you and sends one line: your token, a space, your payload, \n",
    r"python3 client.py HOST 不带 PORT 和 TEXT 时，要连接老师发给你的端口，并发送一行："
    r"你的令牌、一个空格、你的文本，以 \n 结尾",
)
NOT_YOURS = Text(
    "these are not your values; put in those that your teacher gave you",
    "这不是你的专属参数；请换成老师发给你的那一组",
)
