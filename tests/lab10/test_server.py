"""Lab 10, the server: one socket for both families, or for IPv6 alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.errors import CheckFailed
from grader.escaping import escape_bytes
from grader.language import Text, same
from lab10.programs import serve

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_connection import Connection

SHOWN_BYTES = 200


@pytest.mark.points(1)
def test_server_serves_both_families(server: Host, peer: Peer, port: int) -> None:
    """On :: the server serves IPv6 and IPv4 clients, each by its own name.
    监听 :: 的服务器同时服务 IPv6 和 IPv4 客户端，并用各自的地址称呼它们。
    """
    serve(server, port)
    expect_told(peer.connect(str(server.address6), port), "IPv6")
    try:
        connection = peer.connect(server.address, port)
    except CheckFailed as failed:
        raise CheckFailed(replace(failed.lesson, hint=V6ONLY)) from None
    expect_told(connection, "IPv4")


@pytest.mark.points(1)
@pytest.mark.requires("server-serves-both-families")
def test_server_keeps_to_ipv6(server: Host, peer: Peer, port: int) -> None:
    """With the word only the server leaves the port to others in IPv4.
    加上 only 时，服务器只用 IPv6，把 IPv4 上的这个端口留给别人。
    """
    serve(server, port, "only")
    expect_told(peer.connect(str(server.address6), port), "IPv6")
    try:
        peer.connect(server.address, port)
    except CheckFailed:
        return
    expect.that(
        False,
        saw=Text("it took a connection by IPv4", "它接受了 IPv4 连接"),
        wanted=Text("refused by IPv4, served by IPv6", "IPv4 被拒绝，IPv6 得到服务"),
        hint=Text(
            "setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1) before bind()",
            "在 bind() 之前 setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1)",
        ),
        look=Text("type ss -tlne on server: v6only", "在 server 上运行 ss -tlne：看 v6only"),
    )


V6ONLY = Text(
    "this socket takes IPv6 alone: set IPV6_V6ONLY to 0 before bind() (some of Python's functions"
    " set it to 1)",
    "这个套接字只接受 IPv6：在 bind() 之前把 IPV6_V6ONLY 设为 0（Python 有些函数会把它设成 1）",
)


def expect_told(connection: Connection, family: str) -> None:
    """Fail unless server.py tells this client its address, port and family."""
    told = connection.receive_until_end()
    address, port = connection.local
    wanted = f"you are {address} port {port} by {family}\n".encode()
    expect.that(
        told == wanted,
        saw=same('"{line}"').fill(line=escape_bytes(told[:SHOWN_BYTES])),
        wanted=same('"{line}"').fill(line=escape_bytes(wanted)),
        hint=Text(
            "::ffff:10.0.0.5 is how an IPv6 socket shows the IPv4 address 10.0.0.5 (RFC 4291,"
            " 2.5.5.2): tell the part after ::ffff:, and IPv4",
            "::ffff:10.0.0.5 是 IPv6 套接字表示 IPv4 地址 10.0.0.5 的写法（RFC 4291 2.5.5.2）："
            "说出 ::ffff: 后面的部分，以及 IPv4",
        ),
    )
