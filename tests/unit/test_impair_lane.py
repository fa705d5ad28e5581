"""One direction of a bad network: shares, order, delays and rates, by a clock of our own."""

import pytest

from wire.impair.lane import RATE_QUEUE_S, REORDER_LIMIT_S, Departure, Lane
from wire.impair.plan import Effects

MANY = 20_000


def lane(seed: str = "1", **effects: float) -> Lane[int]:
    return Lane(Effects(**effects), seed=seed)  # type: ignore[arg-type]


def carry(a_lane: Lane[int], count: int, *, every_s: float = 0.001) -> list[Departure[int]]:
    """Let packets arrive at a pace; return all departures, in their order."""
    out = []
    for number in range(count):
        now_s = number * every_s
        a_lane.arrive(number, size_bytes=1250, now_s=now_s)
        out += a_lane.due(now_s)
    return out + a_lane.due(float("inf"))


def test_without_effects_each_packet_goes_on_at_once() -> None:
    a_lane = lane()
    assert a_lane.arrive(1, size_bytes=100, now_s=5.0)
    assert a_lane.due(5.0) == [Departure(5.0, 1, None, is_copy=False)]
    assert a_lane.next_due_s is None


def test_share_of_packets_is_lost() -> None:
    a_lane = lane(loss=0.2)
    assert len(carry(a_lane, MANY)) / MANY == pytest.approx(0.8, abs=0.01)
    assert a_lane.counts.lost == pytest.approx(0.2 * MANY, rel=0.05)
    assert a_lane.counts.packets == MANY


def test_everything_is_lost_when_cut() -> None:
    assert carry(lane(cut=True), 100) == []


def test_share_of_packets_comes_twice_the_copy_right_after() -> None:
    departures = carry(lane(duplicate=0.05), MANY)
    copies = [number for number, each in enumerate(departures) if each.is_copy]
    assert len(copies) / MANY == pytest.approx(0.05, abs=0.01)
    assert all(departures[each - 1].item == departures[each].item for each in copies)


def test_share_of_packets_is_damaged_somewhere() -> None:
    places = [each.damage for each in carry(lane(corrupt=0.1), MANY) if each.damage is not None]
    assert len(places) / MANY == pytest.approx(0.1, abs=0.01)
    assert min(places) < 0.05
    assert max(places) > 0.95


def test_packet_is_overtaken_by_the_next_one() -> None:
    departures = carry(lane(reorder=0.1), MANY)
    items = [each.item for each in departures]
    assert sorted(items) == list(range(MANY))
    late = [number for number, item in enumerate(items[1:], 1) if item < items[number - 1]]
    assert len(late) / MANY == pytest.approx(0.1, abs=0.02)
    assert all(items[number] == items[number - 1] - 1 for number in late)


def test_last_packet_is_not_held_for_ever() -> None:
    a_lane = lane(reorder=1.0)
    a_lane.arrive(1, size_bytes=100, now_s=5.0)
    assert a_lane.due(5.0) == []
    assert a_lane.next_due_s == 5.0 + REORDER_LIMIT_S
    assert [each.item for each in a_lane.due(5.0 + REORDER_LIMIT_S)] == [1]


def test_delay_is_added() -> None:
    a_lane = lane(delay_s=0.1)
    a_lane.arrive(1, size_bytes=100, now_s=5.0)
    assert a_lane.due(5.099) == []
    assert a_lane.next_due_s == 5.1
    assert [each.due_s for each in a_lane.due(5.1)] == [5.1]


def test_jitter_varies_the_delay_and_keeps_the_order() -> None:
    departures = carry(lane(delay_s=0.1, jitter_s=0.02), 1000, every_s=0.05)
    waits_s = [each.due_s - each.item * 0.05 for each in departures]
    assert [each.item for each in departures] == list(range(1000))
    assert 0.08 <= min(waits_s) < 0.085
    assert 0.115 < max(waits_s) <= 0.12
    dense = carry(lane(delay_s=0.1, jitter_s=0.02), 1000, every_s=0.0001)
    assert [each.item for each in dense] == list(range(1000))


def test_rate_sends_one_packet_after_the_other() -> None:
    a_lane = lane(rate_bps=1e6)  # 1250 bytes take 10 ms
    for number in range(3):
        a_lane.arrive(number, size_bytes=1250, now_s=0.0)
    assert [each.due_s for each in a_lane.due(1.0)] == pytest.approx([0.01, 0.02, 0.03])


def test_what_would_wait_too_long_for_its_turn_is_lost() -> None:
    a_lane = lane(rate_bps=1e6)
    kept = sum(a_lane.arrive(number, size_bytes=1250, now_s=0.0) for number in range(500))
    assert kept == pytest.approx(RATE_QUEUE_S / 0.01 + 1, abs=1)
    assert a_lane.counts.lost == 500 - kept


def test_same_seed_gives_the_same_fate() -> None:
    effects = {"loss": 0.2, "duplicate": 0.1, "corrupt": 0.1, "reorder": 0.1}
    fates = [carry(lane(seed, **effects), 500) for seed in ("1", "1", "2")]
    assert fates[0] == fates[1] != fates[2]


def test_fate_depends_on_the_place_in_the_row_only() -> None:
    """Other effects beside it do not change which packets are lost."""
    alone = {each.item for each in carry(lane(loss=0.2), 500)}
    beside = {each.item for each in carry(lane(loss=0.2, duplicate=0.5, delay_s=0.3), 500)}
    assert alone == beside
