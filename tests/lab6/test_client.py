"""Lab 6, whoami.py: its report against what the kernel says; the peer is its server."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.errors import CheckFailed
from grader.language import Text
from grader.lesson import Lesson
from lab6.programs import (
    PRINT_TIMEOUT_S,
    connect,
    end_of,
    expect_report,
    look_at,
    missed,
    reported,
    start_whoami,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.seed import Draws

PORT_RANGE = "/proc/sys/net/ipv4/ip_local_port_range"
# Doubled these are still less than what Linux allows: net.core.rmem_max, 212,992 at least.
SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES = 5_000, 90_000
PRIVILEGED_PORTS = 1023
ABOVE = 50  # a port of its own, too


@pytest.mark.points(1)
def test_whoami_reports_socket(client: Host, peer: Peer, port: int) -> None:
    """The report names the socket's family, type and file descriptor.
    报告里有套接字的地址族、类型和文件描述符。
    """
    program, connection = connect(client, peer.listen(port))
    expect_report(program, "family", "AF_INET", hint=NAMES)
    expect_report(program, "type", "SOCK_STREAM", hint=NAMES)
    reported(program, "fileno")
    descriptors = sorted(look_at(client, connection).descriptors, key=int)
    expect_report(
        program,
        "fileno",
        *descriptors,
        hint=Text(
            "fileno() of the connected socket; ss -tnp shows it as fd=",
            "对已连接的套接字调用 fileno()；ss -tnp 里显示为 fd=",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-socket")
def test_whoami_reports_ends(client: Host, peer: Peer, port: int) -> None:
    """The report names both ends of the connection: local and peer.
    报告里有连接的两端：local（本端）和 peer（对端）。
    """
    program, connection = connect(client, peer.listen(port))
    expect_report(
        program,
        "local",
        end_of(connection.remote),
        hint=Text(
            "getsockname() is this side's address and port; connect() gives the socket its port,"
            " so ask after it",
            "getsockname() 是本端的地址和端口；端口是 connect() 时才有的，所以要在它之后问",
        ),
    )
    expect_report(
        program,
        "peer",
        end_of(connection.local),
        hint=Text(
            "getpeername() is the other side's address and port",
            "getpeername() 是对端的地址和端口",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-socket")
def test_whoami_reports_options(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The report tells the options as the kernel has them, a buffer of BYTES too.
    报告里的选项与内核中的一致，指定了 BYTES 的接收缓冲区也是。
    """
    size = seed.number(SMALLEST_BUFFER_BYTES, LARGEST_BUFFER_BYTES)
    program, connection = connect(client, peer.listen(port), size)
    reported(program, "TCP_NODELAY")
    kernel = look_at(client, connection)
    expect.that(
        kernel.receive_buffer == str(2 * size),
        saw=Text(
            "the connection's receive buffer has {size} bytes",
            "这个连接的接收缓冲区是 {size} 字节",
        ).fill(size=kernel.receive_buffer),
        wanted=Text(
            "{size} bytes were asked for: Linux doubles that", "要的是 {size} 字节：Linux 会加倍"
        ).fill(size=size),
        hint=Text(
            "setsockopt(SOL_SOCKET, SO_RCVBUF, BYTES) before connect()",
            "在 connect() 之前 setsockopt(SOL_SOCKET, SO_RCVBUF, BYTES)",
        ),
    )
    expect_report(
        program,
        "SO_RCVBUF",
        kernel.receive_buffer,
        hint=Text(
            "the kernel doubles what setsockopt() asks for, for its own book-keeping (socket(7));"
            " getsockopt() tells what there is",
            "内核会把 setsockopt() 要的大小加倍，留给自己记账用（socket(7)）；"
            "实际大小要用 getsockopt() 问",
        ),
    )
    expect_report(program, "SO_SNDBUF", kernel.send_buffer, hint=ASK_OPTIONS)
    expect.that(
        kernel.keeps_alive,
        saw=Text("the connection has no keepalive timer", "这个连接没有 keepalive（保活）定时器"),
        wanted=Text("SO_KEEPALIVE is on", "SO_KEEPALIVE 已打开"),
        hint=Text(
            "setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1): an option belongs to a level, and number 9"
            " of another level is another option; ss -tno shows the timer",
            "setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)：选项属于某一层，别的层上的 9 号是另一个选项；"
            "用 ss -tno 可以看到定时器",
        ),
    )
    expect_report(program, "SO_KEEPALIVE", "1", hint=ASK_OPTIONS)
    expect_report(program, "TCP_NODELAY", "0", "1", hint=ASK_OPTIONS)


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-socket")
def test_whoami_knows_ephemeral(client: Host, peer: Peer, port: int) -> None:
    """The report tells the range of ephemeral ports that this host uses.
    报告里有本机的临时端口范围。
    """
    program, _ = connect(client, peer.listen(port))
    low, high = client.file(PORT_RANGE).content_string.split()
    expect_report(
        program,
        "ephemeral",
        f"{low}-{high}",
        hint=Text(
            "RFC 6335 says 49152-65535, each system has its own; Linux tells it in {path}",
            "RFC 6335 规定的是 49152-65535，各系统实际用的不同；Linux 的在 {path} 里",
        ).fill(path=PORT_RANGE),
    )


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-socket")
def test_whoami_names_service(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """The report names the service of the server's port, - if it has no name.
    报告里有服务器端口对应的服务名，没有名字时为 -。
    """
    names = service_names(client)
    known = sorted(number for number in names if number > PRIVILEGED_PORTS)
    named = known[seed.number(0, len(known) - 1)]
    unnamed = next(number for number in count(port + ABOVE) if number not in names)
    for each, service in ((named, names[named]), (unnamed, "-")):
        program, connection = connect(client, peer.listen(each))
        expect_report(
            program,
            "service",
            service,
            hint=Text(
                "getservbyport(PORT) looks into the services database, /etc/services; it raises"
                " OSError for a port without a name",
                "getservbyport(PORT) 查的是服务数据库 /etc/services；端口没有名字时抛出 OSError",
            ),
        )
        connection.close()


def service_names(client: Host) -> dict[int, str]:
    """Read the services database: the first name of each TCP port."""
    names: dict[int, str] = {}
    for line in client.run("getent", "services").stdout.decode().splitlines():
        name, where, *_ = line.split()
        number, _, protocol = where.partition("/")
        if protocol == "tcp":
            names.setdefault(int(number), name)
    return names


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-socket")
def test_whoami_prints_line(client: Host, peer: Peer, port: int, seed: Draws) -> None:
    """whoami.py prints what the server says, and ends with status 0 when it closes.
    whoami.py 打印服务器发来的内容，服务器关闭连接后以状态码 0 结束。
    """
    program, connection = connect(client, peer.listen(port))
    line = f"you are {seed.number(1000, 9999)}"
    connection.send(f"{line}\n".encode())
    connection.close()
    hint = Text(
        "go on with recv() until it returns b'', then print server: and what has come",
        "反复 recv()，直到它返回 b''，再打印 server: 和收到的内容",
    )
    expect_report(program, "server", line, hint=hint)
    expect.ended(program, status=0, timeout_s=PRINT_TIMEOUT_S, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-socket")
def test_whoami_resolves_name(client: Host, peer: Peer, port: int) -> None:
    """The report lists every address of a name, IPv4 and IPv6.
    报告里列出主机名对应的每个地址，IPv4 和 IPv6 都有。
    """
    peer.listen(port, address="::")
    program = start_whoami(client, "peer", port)
    listed = client.run("getent", "ahosts", "peer").stdout.decode()
    wanted = list(dict.fromkeys(line.split()[0] for line in listed.splitlines()))
    value = reported(program, "addresses")
    if value is not None and sorted(value.split()) == sorted(wanted):
        return
    raise missed(
        program,
        "addresses",
        value,
        " ".join(wanted),
        hint=Text(
            "gethostbyname() knows IPv4 alone; getaddrinfo(HOST, PORT, type=SOCK_STREAM) gives"
            " each address of both families once",
            "gethostbyname() 只懂 IPv4；getaddrinfo(HOST, PORT, type=SOCK_STREAM)"
            " 给出两个地址族的每个地址，各一次",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("whoami-reports-ends")
def test_whoami_speaks_ipv6(client: Host, peer: Peer, port: int) -> None:
    """whoami.py connects to an IPv6 address and reports its socket.
    whoami.py 能连接 IPv6 地址，并报告它的套接字。
    """
    listener = peer.listen(port, address=str(peer.address6))
    program, connection = connect(client, listener)
    hint = Text(
        "the address of an IPv6 socket has four parts: address, port, flow info, scope; the first"
        " two are reported",
        "IPv6 套接字的地址有四个部分：地址、端口、流信息、作用域；只报告前两个",
    )
    expect_report(program, "family", "AF_INET6", hint=hint)
    expect_report(program, "local", end_of(connection.remote), hint=hint)
    expect_report(program, "peer", end_of(connection.local), hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("whoami-resolves-name", "whoami-speaks-ipv6")
def test_whoami_tries_next(client: Host, peer: Peer, port: int) -> None:
    """whoami.py tries the next address of a name when one refuses.
    一个地址被拒绝时，whoami.py 接着试主机名的下一个地址。
    """
    listener = peer.listen(port)  # IPv4 alone
    program = start_whoami(client, "peer", port)
    try:
        listener.accept()
    except CheckFailed as failed:
        raise CheckFailed(
            Lesson(failed.lesson.saw, failed.lesson.wanted, TRY_EACH, failed.lesson.look)
        ) from None
    expect_report(program, "family", "AF_INET", hint=TRY_EACH)


TRY_EACH = Text(
    "the peer listens on its IPv4 address only; go through what getaddrinfo() gives, a new socket"
    " for each address, until connect() succeeds",
    "peer 只监听 IPv4 地址；依次试 getaddrinfo() 给出的地址，每个地址新建一个套接字，"
    "直到 connect() 成功",
)
NAMES = Text(
    "family.name and type.name of the socket",
    "套接字的 family.name 和 type.name",
)
ASK_OPTIONS = Text(
    "ask the connected socket with getsockopt(LEVEL, OPTION)",
    "用 getsockopt(LEVEL, OPTION) 问已连接的套接字",
)
