"""Lab 2, both programs: the client on its host talks to the server on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab2.programs import (
    DIALOGUE,
    printed_so_far,
    serve,
    start_client,
    type_line,
    want_printed,
)

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture

CLOSE_TIMEOUT_S = 3.0


@pytest.mark.points(1)
@pytest.mark.requires("server-ends-at-exit", "client-says-exit")
def test_programs_talk(server: Host, client: Host, packets: Capture, port: int) -> None:
    """The two talk, by the server's name, and close with FIN, without RST.
    客户端用主机名找到服务器，两者对话，用 FIN 关闭，没有 RST。
    """
    serve(server, port)
    program = start_client(client, "server", port)
    for text in DIALOGUE:
        since = printed_so_far(program)
        type_line(program, text)
        want_printed(program, f"received: {text}", since=since, hint=NAME)
    type_line(program, "exit")
    packets.wait_for(
        lambda _: any(not each.is_open for each in packets.connections(port)), CLOSE_TIMEOUT_S
    )
    expect.that(
        bool(packets.connections(port)),
        saw=Text("no connection to the server", "没有到服务器的连接"),
        wanted=Text("the client connects to the server", "客户端连接服务器"),
        hint=NAME,
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
        conversation.closed_by_fins,
        saw=Text("no FIN from both sides within {t:g} s", "{t:g} 秒内没有看到双方的 FIN").fill(
            t=CLOSE_TIMEOUT_S
        ),
        wanted=Text("FIN from both sides, each acknowledged", "双方各发一个 FIN，并都得到确认"),
        hint=Text(
            "both sides close() after exit; a program that ends closes its sockets, too",
            "exit 之后两边都要 close()；程序结束时，它的套接字也会被关闭",
        ),
        look=LOOK,
    )


NAME = Text(
    "HOST may be a name; connect((HOST, PORT)) looks up its address by itself",
    "HOST 可以是主机名；connect((HOST, PORT)) 会自己查出它的地址",
)
LOOK = Text(
    "docker compose up lab2 shows every segment while the two talk",
    "运行 docker compose up lab2，可以看到双方往来的每个报文段",
)
