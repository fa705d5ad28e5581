"""The rules that bring packets to us, and those that do without."""

import pytest

from wire.impair import rules
from wire.impair.plan import Effects, Plan

LOSS, NOTHING = Effects(loss=0.2), Effects()
TOOLS = [tool for tools in rules.TOOLS for tool in tools]


def joined(commands: list[list[str]]) -> list[str]:
    return [" ".join(command) for command in commands]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("way", ["queue", "statistic"])
def test_every_rule_that_is_made_is_undone(tool: str, way: str) -> None:
    made = rules.install_queue(tool, interface="eth0")
    if way == "statistic":
        made = rules.install_statistic(tool, Plan(LOSS, LOSS, 1), interface="eth0")
    undone = joined(rules.remove(tool, interface="eth0"))
    outside = [each for each in joined(made) if " -A INPUT " in each or " -A POSTROUTING " in each]
    assert len(outside) == 2
    assert {each.replace(" -A ", " -D ") for each in outside} <= set(undone)
    for command in joined(made):
        if " -N " in command:
            assert command.replace(" -N ", " -F ") in undone
            assert command.replace(" -N ", " -X ") in undone
    assert {command[0] for command in made} == {tool}


def test_network_is_good_when_nobody_reads_the_queue() -> None:
    queues = [
        each for each in rules.install_queue("iptables", interface="eth0") if "NFQUEUE" in each
    ]
    assert len(queues) == 2
    assert all("--queue-bypass" in each for each in queues)


def test_neighbour_discovery_always_passes() -> None:
    made = joined(rules.install_queue("ip6tables", interface="eth0"))
    last = next(number for number, each in enumerate(made) if "NFQUEUE" in each)
    assert "neighbour-solicitation -j RETURN" in " ".join(made[:last])


def test_kernel_drops_in_the_direction_asked_for() -> None:
    made = joined(rules.install_statistic("iptables", Plan(LOSS, NOTHING, 1), interface="eth0"))
    (drop,) = [each for each in made if "DROP" in each]
    assert "-A IMPAIR-CLIENT -m statistic --mode random --probability 0.200000000" in drop


def test_cut_drops_everything() -> None:
    cut = Effects(cut=True, loss=0.5)
    made = joined(rules.install_statistic("iptables", Plan(cut, NOTHING, 1), interface="eth0"))
    assert "iptables -w -t mangle -A IMPAIR-CLIENT -j DROP" in made


@pytest.mark.parametrize(
    ("effects", "is_possible"),
    [(LOSS, True), (Effects(cut=True), True), (Effects(delay_s=1), False), (NOTHING, True)],
)
def test_only_loss_and_cut_need_no_queue(effects: Effects, is_possible: bool) -> None:
    assert rules.needs_no_queue(Plan(LOSS, effects, 1)) == is_possible
