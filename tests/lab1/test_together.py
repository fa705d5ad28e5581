"""Lab 1, both programs: the client on its host talks to the server on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab1.programs import serve, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture


@pytest.mark.points(1)
@pytest.mark.requires("server-closes", "client-prints-reply")
def test_programs_talk(server: Host, client: Host, port: int) -> None:
    """The client reaches the server by its name and prints its reply.
    客户端用主机名连接服务器，并打印它的回复。
    """
    serve(server, port)
    program = start_client(client, "server", port)
    program.wait_for_output(b"5 bytes: hello", 3.0)
    expect.printed(
        program,
        b"5 bytes: hello",
        hint=Text(
            "HOST may be a name; connect((HOST, PORT)) looks up its address by itself",
            "HOST 可以是主机名；connect((HOST, PORT)) 会自己查出它的地址",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.requires("programs-talk", "client-ends")
def test_wire_is_clean(server: Host, client: Host, packets: Capture, port: int) -> None:
    """On the wire: a three-way handshake, FIN from both sides, no RST.
    网络上可以看到三次握手、双方的 FIN，没有 RST。
    """
    serve(server, port)
    start_client(client, "server", port)
    packets.wait_for(lambda _: any(not each.is_open for each in packets.connections(port)), 3.0)
    expect.that(
        bool(packets.connections(port)),
        saw=Text("no connection within 3 s", "3 秒内没有出现连接"),
        wanted=Text("the client connects to the server", "客户端连接服务器"),
    )
    conversation = packets.conversations(port)[0]
    resets = ", ".join(dict.fromkeys(conversation.reset_by))
    expect.that(
        not conversation.reset_by,
        saw=Text("a RST from {host}", "{host} 发出了 RST").fill(host=resets),
        wanted=Text("FIN from both sides", "双方都发送 FIN"),
        hint=Text(
            "close() sends RST in place of FIN when bytes are still unread, or when SO_LINGER is"
            " set to 0 s",
            "还有数据没读就 close()，或者把 SO_LINGER 设为 0 秒，发出的就是 RST 而不是 FIN",
        ),
        look=LOOK,
    )
    expect.that(
        conversation.handshake_seen and conversation.closed_by_fins,
        saw=Text("no FIN from both sides within 3 s", "3 秒内没有看到双方的 FIN"),
        wanted=Text(
            "a three-way handshake, then FIN from both sides, each acknowledged",
            "先是三次握手，然后双方各发一个 FIN，并都得到确认",
        ),
        hint=Text(
            "close() on both sides; a program that ends closes its sockets, too",
            "两边都要 close()；程序结束时，它的套接字也会被关闭",
        ),
        look=LOOK,
    )


LOOK = Text(
    "docker compose up lab1 shows every segment while the two talk",
    "运行 docker compose up lab1，可以看到双方往来的每个报文段",
)
