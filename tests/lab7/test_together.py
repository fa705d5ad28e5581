"""Lab 7, both programs: what the packets and the kernels of both hosts show of their exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from grader.symptoms import gather, tell_state
from lab7.programs import (
    CLIENT_FIRST,
    CLOSE_TIMEOUT_S,
    HALF_CLOSE,
    SERVER_FIRST,
    conversation_of,
    expect_data,
    serve,
    start_client,
    wait_until_over,
    waits_in_time_wait,
)
from lab7.programs import rows as make_rows

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture
    from grader.seams import Impair
    from grader.seed import Draws

TIME_WAIT_S = 1.0  # the state follows the last FIN by a round trip
LOST_ROWS = 600  # 19,200 bytes each way: more than TCP sends before the first ACK
CONNECT_S, CUT_S = 1.0, 2.0
LOSS_TIMEOUT_S = 40.0  # a SYN that is lost twice costs 3 s, one lost three times 7 s


@pytest.mark.points(1)
@pytest.mark.limit(30)
@pytest.mark.requires("server-waits-for-client", "client-waits-for-server", "server-closes-first")
def test_time_wait_is_chosen(server: Host, client: Host, port: int) -> None:
    """TIME-WAIT stays with the side that is to close first, and not with the other.
    TIME-WAIT 留在应该先关闭的那一方，另一方没有。
    """
    serve(server, port)
    for mode, closer, other in ((SERVER_FIRST, server, client), (CLIENT_FIRST, client, server)):
        with server.capture() as capture:
            program = start_client(client, "server", port, mode)
            expect.ended(program, status=0, timeout_s=CLOSE_TIMEOUT_S)
            wait_until_over(capture, port)
        conversation = conversation_of(capture, port)
        resets = ", ".join(conversation.reset_by)
        expect.that(
            not resets,
            saw=Text("{mode}: a RST from {host}", "{mode}：{host} 发出了 RST").fill(
                mode=mode, host=resets
            ),
            wanted=Text("FIN from both sides", "双方都发送 FIN"),
            hint=Text(
                "a RST ends the connection at once, and nobody waits in TIME-WAIT. SO_LINGER with"
                " 0 s is for the mode reset alone",
                "RST 立刻结束连接，哪一方都不会留在 TIME-WAIT。"
                "时间为 0 的 SO_LINGER 只用在 reset 方式里",
            ),
        )
        expect_time_wait(closer, other, mode, port, seen_on_wire=conversation.time_wait)


def expect_time_wait(
    closer: Host, other: Host, mode: str, port: int, *, seen_on_wire: tuple[str, ...]
) -> None:
    """Fail unless packets and kernels say that this host waits in TIME-WAIT and the other not."""
    closer.steps.deadline.wait_until(lambda: waits_in_time_wait(closer, port), TIME_WAIT_S)
    waiting = [host.name for host in (closer, other) if waits_in_time_wait(host, port)]
    is_right = seen_on_wire == (closer.name,) and closer.name in waiting
    expect.that(
        is_right,
        saw=Text(
            "{mode}: TIME-WAIT at {seen}, in the kernel at {waiting}",
            "{mode}：TIME-WAIT 在 {seen}，内核里在 {waiting}",
        ).fill(mode=mode, seen=", ".join(seen_on_wire) or "-", waiting=", ".join(waiting) or "-"),
        wanted=Text("TIME-WAIT at {host}", "TIME-WAIT 在 {host}").fill(host=closer.name),
        hint=Text(
            "who sends the first FIN waits in TIME-WAIT; ss -tan shows it",
            "先发 FIN 的一方进入 TIME-WAIT；用 ss -tan 可以看到",
        ),
    )


@pytest.mark.points(1)
@pytest.mark.limit(60)
@pytest.mark.requires("server-answers-half-close", "client-half-closes")
def test_data_survives_loss(
    server: Host, client: Host, packets: Capture, impair: Impair, port: int, seed: Draws
) -> None:
    """half-close at 20 % loss, after a while without network: all data comes back.
    half-close，先断网片刻，再丢包 20%：数据仍然完整地回来。
    """
    serve(server, port)
    data = make_rows(LOST_ROWS, seed)
    program = client.start("python3", "client.py", "server", str(port), HALF_CLOSE)
    packets.wait_for(lambda _: bool(packets.connections(port)), CONNECT_S)  # or it reads first
    with impair("cut"):
        program.send(data, closes=True)
        packets.wait_for(lambda _: are_sent_again(packets, port), CUT_S)
        with impair("loss 20%"):
            status = program.wait(LOSS_TIMEOUT_S)
    expect.that(  # an ETIMEDOUT of its own making is no wrong address, as hints would have it
        status == 0,
        saw=tell_state(gather(client, program)),
        wanted=Text("client.py ends with status 0", "client.py 以状态码 0 结束"),
        hint=PATIENCE,
    )
    expect_data(program, data, hint=PATIENCE)


def are_sent_again(packets: Capture, port: int) -> bool:
    """Whether on a connection on a port anything was sent again, which is after 0.2 s."""
    return any(each.retransmissions for each in packets.conversations(port))


PATIENCE = Text(
    "TCP sends again what is lost, after 0.2 s, 0.4 s, 0.8 s, … A timeout or a TCP_USER_TIMEOUT"
    " shorter than that gives up too early",
    "TCP 会重传丢失的数据，间隔 0.2 秒、0.4 秒、0.8 秒……；更短的超时或 TCP_USER_TIMEOUT 会过早放弃",
)
