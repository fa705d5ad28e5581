"""Lab 9, the UDP client: the peer is its server, or nobody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab9.programs import END_TIMEOUT_S, START_TIMEOUT_S, expect_report, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.peer_datagrams import Datagram, DatagramSocket


@pytest.mark.points(1)
def test_udp_client_prints_replies(client: Host, peer: Peer, port: int) -> None:
    """The UDP client sends each TEXT as one datagram and prints the replies.
    UDP 客户端把每个 TEXT 作为一个数据报发出，并打印回答。
    """
    socket = peer.bind("client", port=port)
    program = start_client(client, peer.address, port, "hello", "你好")
    for text, answer in (("hello", "5 bytes: hello"), ("你好", "6 bytes: 你好")):
        request = expect_request(socket, text)
        socket.send(answer.encode(), to=request.source)
    expect.ended(program, timeout_s=END_TIMEOUT_S)
    for answer in ("5 bytes: hello", "6 bytes: 你好"):
        expect.printed(program, answer.encode())


@pytest.mark.points(1)
@pytest.mark.requires("udp-client-prints-replies")
def test_udp_client_tells_refusal(client: Host, peer: Peer, port: int) -> None:
    """The UDP client says refused when nobody has the port.
    端口上没有程序时，UDP 客户端报告 refused。
    """
    program = start_client(client, peer.address, port, "hello")
    expect_report(
        program,
        saying="refused",
        hint=Text(
            "the other host answers by ICMP that nobody has the port, and only a connected socket"
            " is told: connect(), then send() and recv(), which raises ConnectionRefusedError;"
            " catch it and end with sys.exit('some text')",
            "对方主机会用 ICMP 告知端口上没有程序，但只有已连接的套接字才收得到这个消息："
            "先 connect()，再 send() 和 recv()，recv() 会抛出 ConnectionRefusedError；"
            "捕获它，用 sys.exit('一句话') 结束",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("udp-client-prints-replies")
def test_udp_client_gives_up(client: Host, peer: Peer, port: int) -> None:
    """The UDP client says timed out when no reply comes.
    等不到回答时，UDP 客户端报告 timed out。
    """
    socket = peer.bind("client", port=port)
    program = start_client(client, peer.address, port, "hello")
    expect_request(socket, "hello")
    expect_report(
        program,
        saying="timed out",
        hint=Text(
            "a lost datagram is never reported, so recv() waits for ever: settimeout(2), and catch"
            " TimeoutError",
            "数据报丢了不会有任何通知，recv() 会一直等下去：用 settimeout(2)，并捕获 TimeoutError",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("udp-client-prints-replies")
def test_udp_client_ignores_strangers(client: Host, peer: Peer, port: int) -> None:
    """The UDP client takes no reply from anyone but the server it asked.
    UDP 客户端只接受它询问的那个服务器的回答。
    """
    socket, stranger = peer.bind("client", port=port), peer.bind("client")
    program = start_client(client, peer.address, port, "hello")
    request = expect_request(socket, "hello")
    stranger.send(b"5 bytes: false", to=request.source)
    socket.send(b"5 bytes: hello", to=request.source)
    hint = Text(
        "anyone may send to a UDP port: compare the address that recvfrom() gives, or connect() the"
        " socket, then the kernel does so",
        "任何人都可以向 UDP 端口发送数据报：比较 recvfrom() 给出的地址，"
        "或者先 connect()，让内核来比较",
    )
    expect.ended(program, timeout_s=END_TIMEOUT_S, hint=hint)
    expect.printed(program, b"5 bytes: hello", hint=hint)
    expect.that(
        b"false" not in program.stdout,
        saw=Text("udp_client.py printed {data}", "udp_client.py 输出了 {data}").fill(
            data=program.stdout
        ),
        wanted=Text("the server's reply only", "只有服务器的回答"),
        hint=hint,
    )


def expect_request(socket: DatagramSocket, text: str) -> Datagram:
    """Take the next datagram of the client: a TEXT."""
    request = socket.receive(timeout_s=START_TIMEOUT_S, hint=ONE_EACH)
    expect.same_bytes(request.data, text.encode(), hint=ONE_EACH)
    return request


ONE_EACH = Text(
    r"each TEXT is one datagram, in UTF-8, and nothing else is in it: no \n, as a datagram has its"
    " own boundary; the next is sent when the reply has come",
    r"每个 TEXT 是一个数据报，UTF-8 编码，里面没有别的：不要 \n，数据报自带边界；"
    "收到回答之后再发下一个",
)
