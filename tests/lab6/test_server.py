"""Lab 6, the server: the addresses it listens on, and what it tells the peer, its client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from grader import expect, hints
from grader.errors import CheckFailed
from grader.language import Text, same
from grader.lesson import Lesson
from grader.symptoms import gather, tell_state
from lab6.programs import (
    LISTEN_TIMEOUT_S,
    expect_only,
    expect_told,
    listening_ports,
    serve,
    start_server,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer

END_TIMEOUT_S = 5.0
SAYS_WHERE = re.compile(rb"^listening on \S+ port (\d+)\s*$", re.MULTILINE)


@pytest.mark.points(1)
def test_server_listens(server: Host, port: int) -> None:
    """The server listens on the HOST and PORT it is given.
    服务器在命令行给出的 HOST 和 PORT 上监听。
    """
    serve(server, port)


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
def test_server_tells_addresses(server: Host, peer: Peer, port: int) -> None:
    """The server tells each client both addresses and ports of their connection.
    服务器告诉每个客户端这个连接两端的地址和端口。
    """
    serve(server, port)
    for _ in range(2):
        expect_told(
            peer.connect("server", port),
            hint=Text(
                "accept() returns the client's end; the server's end is getsockname() of the"
                " socket that accept() returns. The listener's is the address it was bound to:"
                " 0.0.0.0 means any",
                "accept() 返回客户端那一端；服务器这一端要对 accept() 返回的套接字调用"
                " getsockname()。监听套接字的是绑定时的地址：0.0.0.0 表示任意地址",
            ),
        )


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
def test_server_keeps_to_address(server: Host, peer: Peer, port: int) -> None:
    """Two servers share one port: on 127.0.0.1 and on the host's own address.
    两个服务器共用一个端口：一个用 127.0.0.1，一个用主机自己的地址。
    """
    first = start_server(server, port, "127.0.0.1")
    expect_only(server, port, first, "127.0.0.1")
    second = start_server(server, port, server.address)
    expect_only(server, port, second, "127.0.0.1", server.address)
    expect.running(first)
    peer.connect("server", port)


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
def test_server_names_chosen_port(server: Host) -> None:
    """With port 0 the server prints the port that the kernel has chosen.
    端口为 0 时，服务器打印内核选中的端口。
    """
    program = start_server(server, 0, "0.0.0.0")
    server.steps.deadline.wait_until(
        lambda: bool(listening_ports(server)) or not program.is_running, LISTEN_TIMEOUT_S
    )
    chosen = listening_ports(server)
    if not chosen:
        expect.listening(server, 0, program, timeout_s=0.0)
    program.wait_for_output(lambda printed: bool(SAYS_WHERE.search(printed)), END_TIMEOUT_S)
    said = SAYS_WHERE.search(program.stdout)
    if said and int(said[1]) in chosen:
        return
    told = Text("server.py printed {data}", "server.py 输出了 {data}")
    wanted = Text("a line {line}", "一行 {line}").fill(
        line=f"listening on 0.0.0.0 port {min(chosen)}"
    )
    raise CheckFailed(
        Lesson(
            saw=told.fill(data=program.stdout),
            wanted=wanted,
            hint=Text(
                "port 0 leaves the choice to the kernel; getsockname() of the listener tells it",
                "端口 0 表示由内核来选；对监听套接字调用 getsockname() 就知道选了哪个",
            ),
            look=Text("type ss -tln on server", "在 server 上运行 ss -tln"),
        )
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
def test_server_says_port_is_in_use(server: Host, port: int) -> None:
    """When the port is in use, the server says so, where to look, and ends with status 1.
    端口被占用时，服务器说明情况和查看方法，并以状态码 1 结束。
    """
    serve(server, port)
    second = start_server(server, port, "0.0.0.0")
    second.wait(END_TIMEOUT_S)
    said = second.stderr.decode(errors="replace")
    wanted = ("0.0.0.0", str(port), "ss -tlnp")
    hint = Text(
        'bind() or listen() raises OSError with errno EADDRINUSE; sys.exit("…") prints a text on'
        " stderr and ends with status 1",
        "bind() 或 listen() 抛出 OSError，errno 为 EADDRINUSE；"
        'sys.exit("…") 把文字打印到 stderr，并以状态码 1 结束',
    )
    seen = gather(server, second)
    is_told = all(each in said for each in wanted) and "Traceback" not in said
    if second.exit_status == 1 and is_told:
        return
    still_runs = Text(
        "{state}, beside the first one on the same port", "{state}，与前一个用着同一个端口"
    )
    state = tell_state(seen)
    raise CheckFailed(
        Lesson(
            saw=still_runs.fill(state=state) if second.is_running else state,
            wanted=Text(
                "status 1, and on stderr one line with {told}, no traceback",
                "状态码 1，stderr 上有一行，含 {told}，没有 traceback",
            ).fill(told=", ".join(wanted)),
            hint=hint,
        )
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-tells-addresses")
def test_server_speaks_ipv6(server: Host, peer: Peer, port: int) -> None:
    """The server listens on an IPv6 address and tells both ends.
    服务器在 IPv6 地址上监听，并告诉客户端两端的地址。
    """
    address = str(server.address6)
    serve(server, port, address)
    expect_told(
        peer.connect(address, port),
        hint=Text(
            "the address of an IPv6 socket has four parts: address, port, flow info, scope; the"
            " first two are told",
            "IPv6 套接字的地址有四个部分：地址、端口、流信息、作用域；只说前两个",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("server-speaks-ipv6")
def test_server_serves_both_families(server: Host, peer: Peer, port: int) -> None:
    """On :: the server serves IPv6 and IPv4, and names an IPv4 client by its IPv4 address.
    监听 :: 的服务器同时服务 IPv6 和 IPv4，并用 IPv4 地址称呼 IPv4 客户端。
    """
    program = serve(server, port, "::")
    expect_told(peer.connect(str(server.address6), port), hint=MAPPED)
    try:
        connection = peer.connect(server.address, port)
    except CheckFailed as failed:
        seen = gather(server, program, port)
        hint = hints.explain(seen, otherwise=V6ONLY)
        raise CheckFailed(
            Lesson(same("{saw}").fill(saw=failed.lesson.saw), failed.lesson.wanted, hint)
        ) from None
    expect_told(connection, hint=MAPPED)


MAPPED = Text(
    "::ffff:10.0.0.5 is how an IPv6 socket shows the IPv4 address 10.0.0.5 (RFC 4291, 2.5.5.2);"
    " tell the part after ::ffff:",
    "::ffff:10.0.0.5 是 IPv6 套接字表示 IPv4 地址 10.0.0.5 的写法（RFC 4291 2.5.5.2）；"
    "只说 ::ffff: 后面的部分",
)
V6ONLY = Text(
    "this socket takes IPv6 only: set IPV6_V6ONLY to 0 before bind() (some of Python's functions"
    " set it to 1)",
    "这个套接字只接受 IPv6：在 bind() 之前把 IPV6_V6ONLY 设为 0（Python 有些函数会把它设成 1）",
)
