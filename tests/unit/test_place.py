"""Where calls belong: their flow, and the clock of the picture."""

from unit.segments import CLIENT, HELLO, SERVER, observe
from wire.calls import Call
from wire.model import Event
from wire.packet import Endpoint
from wire.place import Place, Places

Ends = tuple[Endpoint | None, Endpoint | None]


def call(name: str, time_s: float, ends: Ends = (None, None)) -> Call:
    return Call("client", 1, time_s, 0.0, name, 3, ("3",), ("0",), ends=ends)


def packet() -> Event:
    """The first of a conversation, at 0 s."""
    return observe(HELLO)[0]


def test_the_first_call_starts_the_clock() -> None:
    places = Places()
    assert places.place(call("socket", 10.0)) == Place(None, 0.0, is_first=True)
    assert places.place(call("connect", 10.25)) == Place(None, 0.25)


def test_a_call_on_a_connection_has_its_number_and_clock() -> None:
    places, event = Places(), packet()
    places.pass_by(event)
    assert places.place(call("send", 0.5, event.ends)) == Place(1, 0.5)
    assert places.place(call("recv", 0.75, event.ends[::-1])) == Place(1, 0.75)


def test_a_connection_that_is_not_known_has_no_number() -> None:
    assert Places().place(call("send", 1.0, (CLIENT, SERVER))).number is None


def test_a_call_long_after_everything_else_begins_anew() -> None:
    places = Places()
    places.pass_by(packet())
    assert not places.place(call("socket", 0.9)).is_first
    assert places.place(call("socket", 60.0)) == Place(None, 0.0, is_first=True)


def test_closing_begins_nothing() -> None:
    assert not Places().place(call("close", 60.0)).is_first
