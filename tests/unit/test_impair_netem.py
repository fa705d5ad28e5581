"""The commands for kernels that have netem, and no queue for us."""

import pytest

from wire.impair import netem
from wire.impair.plan import Effects, Plan

NOTHING = Effects()


def commands(plan: Plan) -> list[str]:
    return [" ".join(command) for command in netem.install(plan, interface="eth0")]


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        (Effects(loss=0.2), "loss random 20%"),
        (Effects(cut=True, loss=0.1, delay_s=1.0, rate_bps=1e6), "loss random 100%"),
        (Effects(delay_s=0.1), "delay 100ms"),
        (Effects(delay_s=0.1, jitter_s=0.02), "delay 100ms 20ms"),
        (Effects(delay_s=0.1, reorder=0.1), "delay 100ms reorder 10%"),
        (Effects(reorder=0.1), "delay 100ms reorder 90%"),
        (
            Effects(loss=0.05, duplicate=0.01, corrupt=0.001),
            "loss random 5% duplicate 1% corrupt 0.1%",
        ),
    ],
)
def test_what_the_server_sends_leaves_through_netem(effects: Effects, words: str) -> None:
    assert commands(Plan(NOTHING, effects, 1)) == [
        f"tc qdisc add dev eth0 root handle 50c1: netem limit 10000 {words}"
    ]


def test_what_the_client_sends_takes_the_way_through_an_ifb() -> None:
    assert commands(Plan(Effects(loss=0.2), NOTHING, 1)) == [
        "ip link add ifb-impair type ifb",
        "ip link set ifb-impair up",
        "tc qdisc add dev eth0 handle ffff: ingress",
        "tc filter add dev eth0 parent ffff: matchall action mirred egress redirect dev ifb-impair",
        "tc qdisc add dev ifb-impair root handle 50c1: netem limit 10000 loss random 20%",
    ]


def test_a_rate_is_tbf_alone_or_below_netem() -> None:
    tbf = "tbf rate 1mbit burst 16kb latency 1s"
    assert commands(Plan(NOTHING, Effects(rate_bps=1e6), 1)) == [
        f"tc qdisc add dev eth0 root handle 50c1: {tbf}"
    ]
    assert commands(Plan(NOTHING, Effects(rate_bps=1e6, delay_s=0.05), 1)) == [
        "tc qdisc add dev eth0 root handle 50c1: netem limit 10000 delay 50ms",
        f"tc qdisc add dev eth0 parent 50c1:1 {tbf}",
    ]


def test_all_that_is_made_is_undone() -> None:
    undone = [" ".join(command) for command in netem.remove(interface="eth0")]
    assert undone == [
        "tc qdisc del dev eth0 root",
        "tc qdisc del dev eth0 ingress",
        "ip link del ifb-impair",
    ]


@pytest.mark.parametrize(
    ("shown", "is_ours"),
    [
        ("qdisc noqueue 0: root refcnt 2\n", False),
        ("qdisc netem 50c1: root refcnt 2 limit 10000 loss 20%\n", True),
        ("qdisc tbf 50c1: root refcnt 2 rate 1Mbit burst 16Kb lat 1s\n", True),
        ("qdisc noqueue 0: root refcnt 2\nqdisc ingress ffff: parent ffff:fff1 ----\n", True),
        ("", False),
    ],
)
def test_what_is_ours_is_known(shown: str, is_ours: bool) -> None:
    assert netem.is_ours(shown) is is_ours
