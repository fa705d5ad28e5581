"""Lab 10, ping.py: its messages on the wire, and what it says of the replies."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.errors import CheckFailed
from grader.language import Text, same
from grader.lesson import Lesson
from lab10.pings import (
    ANSWERED,
    TIMES,
    expect_loss,
    expect_status,
    expect_summary,
    in_time,
    missed,
    ping,
    read,
    requests,
    round_trips_s,
)
from lab10.programs import expect_gives_up, start

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture
    from grader.peer import Peer
    from grader.seams import Impair
    from grader.seed import Draws

COUNT = 3
DATA_BYTES, HEADER_BYTES = 56, 8
TTL = 64  # net.ipv4.ip_default_ttl; no router lies between
SMALLEST_BYTES, LARGEST_BYTES = 64, 1_400  # of data; a frame has room for 1,472
DELAY = "delay 150ms jitter 100ms from server"
EARLY_MS, LATE_MS = 25, 150  # how far a busy machine may move a time; the delay is 50 ms or more
ROUNDING_MS = 1.0  # as times may be printed without decimals
LOSSY_COUNT = 6


@pytest.mark.points(1)
def test_ping_is_answered(server: Host, client: Host) -> None:
    """ping.py sends COUNT echo requests numbered from 1, and prints each reply.
    ping.py 发送 COUNT 个从 1 开始编号的回显请求，并打印每个应答。
    """
    with client.capture() as capture:
        program = ping(client, "server", str(COUNT))
        expect_numbered(capture, COUNT)
        expect_answers(capture, server)
    said = read(program)
    wanted = [(n, server.address, TTL, HEADER_BYTES + DATA_BYTES) for n in range(1, COUNT + 1)]
    found = [(each.sequence, each.address, each.ttl, each.length) for each in said.answered]
    if found != wanted:
        line = (
            f"{HEADER_BYTES + DATA_BYTES} bytes from {server.address}:"
            f" icmp_seq=1 ttl={TTL} time=… ms"
        )
        raise missed(program, ANSWERED, line, LINE)
    expect_summary(program, transmitted=COUNT, received=COUNT, hint=LINE)
    expect_status(program, 0)


@pytest.mark.points(1)
@pytest.mark.requires("ping-is-answered")
def test_ping_sends_any_size(server: Host, client: Host, seed: Draws) -> None:
    """With SIZE ping.py sends so many bytes of data, an odd number too.
    指定 SIZE 时，ping.py 发送这么多字节的数据，奇数也可以。
    """
    even = 2 * seed.number(SMALLEST_BYTES // 2, LARGEST_BYTES // 2)
    for size in (even, even + 1):
        with client.capture() as capture:
            program = ping(client, "server", "1", str(size))
            sent = [each.length for each in requests(capture)]
            expect.that(
                sent == [size],
                saw=Text("{sent} bytes of data on the wire", "网络上的数据有 {sent} 字节").fill(
                    sent=", ".join(map(str, sent)) or "0"
                ),
                wanted=Text("{size} bytes", "{size} 字节").fill(size=size),
                hint=Text("SIZE is sys.argv[3]", "SIZE 是 sys.argv[3]"),
            )
            expect_answers(capture, server)
        expect_summary(program, transmitted=1, received=1, hint=LINE)


@pytest.mark.points(1)
@pytest.mark.limit(20)  # the first bad network of a submission takes a while
@pytest.mark.requires("ping-is-answered")
def test_ping_measures(server: Host, client: Host, impair: Impair) -> None:
    """The round-trip times are those of the packets, in ms, and so are min, avg and max.
    往返时间与报文的时间一致，单位是毫秒，min、avg、max 也正确。
    """
    with impair(DELAY), client.capture() as capture:
        program = ping(client, server.address, str(COUNT))
    said = read(program)
    seen_s = {sequence: took_s for (_, sequence), took_s in round_trips_s(capture).items()}
    wrong = []
    for each in said.answered:
        seen_ms = 1000 * seen_s.get(each.sequence, 0.0)
        if not -EARLY_MS <= each.time_ms - seen_ms <= LATE_MS:
            wrong.append((each, seen_ms))
    if len(wrong) > 1:  # a busy machine may have held up one
        each, seen_ms = wrong[0]
        expect.that(
            False,
            saw=same("icmp_seq={n} … time={t:.3f} ms").fill(n=each.sequence, t=each.time_ms),
            wanted=Text(
                "about {t:.0f} ms, as between the two packets",
                "大约 {t:.0f} 毫秒，与两个报文之间的时间一致",
            ).fill(t=seen_ms),
            hint=Text(
                "time.monotonic() is in seconds: take it right before sendto() and right after"
                " recvfrom(), anew for each request",
                "time.monotonic() 的单位是秒：每个请求都重新取，sendto() 之前取一次，"
                "recvfrom() 之后取一次",
            ),
        )
    times = [each.time_ms for each in said.answered]
    if not times:
        raise missed(program, ANSWERED, "… time=150 ms", LINE)
    wanted = (min(times), sum(times) / len(times), max(times))
    is_right = len(said.times_ms) == len(wanted) and all(
        abs(one - other) <= ROUNDING_MS for one, other in zip(said.times_ms, wanted, strict=True)
    )
    if not is_right:
        line = "rtt min/avg/max = {:.3f}/{:.3f}/{:.3f} ms".format(*wanted)
        raise missed(
            program,
            TIMES,
            line,
            Text(
                "in this order; avg is the sum of all times divided by their number",
                "按这个顺序；avg 是所有时间之和除以个数",
            ),
        )


@pytest.mark.points(1)
@pytest.mark.limit(20)  # the first bad network of a submission takes a while
@pytest.mark.requires("ping-is-answered")
def test_ping_counts_losses(server: Host, client: Host, impair: Impair) -> None:
    """On a network that loses packets ping.py counts as many replies as came.
    网络丢包时，ping.py 数出的应答数与实际到达的一致。
    """
    with impair("loss 50% from client"), client.capture() as capture:
        program = ping(client, server.address, str(LOSSY_COUNT))
    expect_numbered(capture, LOSSY_COUNT)
    fewest, most = in_time(capture)
    found = read(program).summary
    received = min(max(found[1] if found else 0, fewest), most)
    hint = Text(
        "loss is 100 * (transmitted - received) / transmitted; one that is lost is not sent again,"
        " the next has the next number",
        "丢包率是 100 *（发出数 - 收到数）/ 发出数；丢了的不重发，下一个请求用下一个编号",
    )
    expect_summary(program, transmitted=LOSSY_COUNT, received=received, hint=hint)
    expect_loss(program, hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("ping-is-answered")
def test_ping_ignores_others(client: Host, peer: Peer) -> None:
    """Where nobody answers, ping.py says so in time, though others' replies come all the while.
    没有人应答时，即使别的程序不断收到应答，ping.py 也按时说明，并以状态码 1 结束。
    """
    nobody = str(ipaddress.IPv4Address(peer.address) - 1)
    others = client.start("ping", "-i", "0.02", peer.address, cwd="/")
    others.wait_for_output(b"icmp_seq=1 ", 3.0)
    program = ping(client, nobody, "2", timeout_s=4.0)
    expect_summary(
        program,
        transmitted=2,
        received=0,
        hint=Text(
            "a raw socket gets every ICMP message that comes to the host: compare type, identifier"
            " and sequence number",
            "原始套接字会收到到达本机的每个 ICMP 报文：要比较类型、标识符和序号",
        ),
    )
    expect_status(program, 1)


@pytest.mark.points(1)
def test_ping_says_what_it_lacks(server: Host) -> None:
    """On the server, without CAP_NET_RAW, ping.py says what it lacks and ends with status 1.
    server 上没有 CAP_NET_RAW：ping.py 说明缺什么，并以状态码 1 结束。
    """
    expect_gives_up(
        start(server, "ping.py", "client", "1"),
        "CAP_NET_RAW",
        hint=Text(
            "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) raises PermissionError; sys.exit() with a"
            " line that names CAP_NET_RAW",
            "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) 抛出 PermissionError；"
            "用 sys.exit() 打印一行提到 CAP_NET_RAW 的说明",
        ),
    )


def expect_numbered(capture: Capture, count: int) -> None:
    """Fail unless the requests of one ping.py are numbered from 1 to `count`."""
    numbers = [each.sequence for each in requests(capture)]
    wanted = list(range(1, count + 1))
    if numbers == wanted:
        return
    raise CheckFailed(
        Lesson(
            saw=Text("echo requests with the numbers {found}", "回显请求的序号：{found}").fill(
                found=", ".join(map(str, numbers)) or Text("none", "没有")
            ),
            wanted=Text("{wanted}, each once", "{wanted}，各一次").fill(
                wanted=", ".join(map(str, wanted))
            ),
            hint=Text(
                "type 8, code 0, checksum, identifier, sequence number: B B H H H in network byte"
                " order, so '!BBHHH'",
                "类型 8、代码 0、校验和、标识符、序号：B B H H H，网络字节序，所以是 '!BBHHH'",
            ),
        )
    )


def expect_answers(capture: Capture, server: Host) -> None:
    """Fail where the server's kernel has thrown a request away, as one with a wrong checksum."""
    came, sent = len(round_trips_s(capture)), len(requests(capture))
    expect.that(
        came == sent,
        saw=Text(
            "the server answered {came} of {sent} requests",
            "{sent} 个请求里，server 应答了 {came} 个",
        ).fill(came=came, sent=sent),
        wanted=Text(
            "an answer to each: the system's own ping gets one",
            "每个都有应答：系统自带的 ping 能得到",
        ),
        hint=Text(
            "a kernel drops what has a wrong checksum: sum of all 16-bit words, in network byte"
            " order, the carry added again, all bits turned over (RFC 1071); an odd last byte is"
            " followed by a 0",
            "校验和不对的报文会被内核丢掉：把所有 16 位字（网络字节序）相加，进位加回去，"
            "再按位取反（RFC 1071）；字节数为奇数时，末尾补一个 0 再算",
        ),
        look=Text("type tcpdump -vi eth0 icmp on server", "在 server 上运行 tcpdump -vi eth0 icmp"),
    )


LINE = Text(
    "what recvfrom() returns begins with the IP header: packet[0] & 15 is its length in words of 4"
    " bytes, packet[8] the TTL; the length is that of the ICMP message",
    "recvfrom() 返回的内容以 IP 首部开头：packet[0] & 15 是它的长度，以 4 字节为单位，"
    "packet[8] 是 TTL；长度指 ICMP 报文的长度",
)
