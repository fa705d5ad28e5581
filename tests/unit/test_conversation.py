"""A captured exchange in a check's words, and as steps of its report."""

from dataclasses import replace

from grader.conversation import (
    FIRST_PACKETS,
    LAST_PACKETS,
    draw_packets,
    read_conversations,
)
from grader.steps import WIRE
from unit.segments import HELLO
from wire.packet import Flags, Packet, Segment, decode


def recorded() -> list[Packet]:
    packets = [decode(frame, time_s=float(number)) for number, frame in enumerate(HELLO)]
    return [packet for packet in packets if packet]


def hosts() -> dict[str, str]:
    first = recorded()[0]
    return {first.source.address: "client", first.target.address: "server"}


def test_a_conversation_is_told_by_the_names_of_the_hosts() -> None:
    (told,) = read_conversations(recorded(), names=hosts())
    assert (told.opened_by, told.closed_by_fins, told.reset_by) == ("client", True, ())
    assert told.closed_first in ("client", "server")
    assert told.time_wait == (told.closed_first,)
    assert told.retransmissions == 0
    assert len(told.segments) == len(HELLO)


def test_bytes_are_counted_once_however_often_they_were_sent() -> None:
    packets = recorded()
    wanted = {"client": 0, "server": 0}
    for packet in packets:
        wanted[hosts()[packet.source.address]] += packet.length
    assert sum(wanted.values()) > 0
    data = next(number for number, packet in enumerate(packets) if packet.length)
    again = packets[data]
    assert isinstance(again, Segment)
    later = replace(again, identification=(again.identification or 0) + 1)
    (told,) = read_conversations([*packets[: data + 1], later, *packets[data + 1 :]], names=hosts())
    assert told.sent == wanted
    assert told.retransmissions == 1


def test_a_host_without_a_name_is_told_by_its_address() -> None:
    first = recorded()[0]
    (told,) = read_conversations(recorded(), names={})
    assert told.opened_by == first.source.address


def test_a_refused_connection_carried_nothing() -> None:
    syn = recorded()[0]
    assert isinstance(syn, Segment)
    refusal = replace(
        syn,
        source=syn.target,
        target=syn.source,
        flags=Flags.RST | Flags.ACK,
        sequence=0,
        acknowledgement=syn.sequence + 1,
    )
    (told,) = read_conversations([syn, refusal], names=hosts())
    assert told.reset_by == ("server",)
    assert told.sent == {"client": 0, "server": 0}
    assert told.closed_first is None


def test_packets_are_steps_of_the_wire_in_both_languages() -> None:
    steps = draw_packets(recorded(), names=hosts())
    assert [step.at_s for step in steps] == [float(number) for number in range(len(HELLO))]
    assert {step.who for step in steps} == {WIRE}
    assert steps[0].what.en.startswith("client ──▶ server  SYN ")
    handshake = steps[2].what
    assert ("<- " in handshake.en, handshake.en != handshake.zh) == (True, True)


def test_of_very_many_packets_both_ends_are_drawn() -> None:
    syn = recorded()[0]
    assert isinstance(syn, Segment)
    many = [replace(syn, time_s=float(number)) for number in range(1000)]
    steps = draw_packets(many, names=hosts())
    assert len(steps) == FIRST_PACKETS + LAST_PACKETS
    assert (steps[0].at_s, steps[-1].at_s) == (0.0, 999.0)
