"""A container that the engine does not remove at once is asked for again."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import cast

import pytest
import requests
from docker.api import APIClient
from docker.errors import APIError, NotFound

from grader import removal
from grader.errors import GraderError


class Engine:
    """As much of the SDK's client as a removal uses; what its answers are, one after the other."""

    def __init__(self, *removed: Exception | None, waited: Sequence[Exception] = ()) -> None:
        self.removed = list(removed)
        self.waited = list(waited)
        self.waits = 0

    def remove_container(self, identity: str, *, force: bool, v: bool) -> None:
        if answer := self.removed.pop(0):
            raise answer

    def wait(self, identity: str, *, timeout: float, condition: str) -> None:
        self.waits += 1
        if self.waited:
            raise self.waited.pop(0)


def conflict() -> APIError:
    response = requests.Response()
    response.status_code = HTTPStatus.CONFLICT
    return APIError("409", response, "removal is already in progress")


def remove(engine: Engine) -> bool:
    return removal.remove_container(cast(APIClient, engine), "one")


def test_ours() -> None:
    assert remove(Engine(None))


def test_the_engine_did_it_before() -> None:
    assert not remove(Engine(NotFound("gone")))


def test_the_engine_does_it_meanwhile() -> None:
    engine = Engine(conflict(), waited=[NotFound("gone")])
    assert not remove(engine)
    assert engine.waits == 1


@pytest.mark.parametrize("waited", [requests.ConnectionError("timed out"), requests.Timeout()])
def test_it_had_just_ended_and_stays(waited: Exception) -> None:
    """Engine 20.10 then answers "Could not kill running container", and forgets about it."""
    engine = Engine(conflict(), conflict(), None, waited=[waited, waited])
    assert remove(engine)
    assert engine.waits == 2


def test_it_never_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "LIMIT_S", -1)
    with pytest.raises(GraderError, match="already in progress"):
        remove(Engine(conflict()))


@pytest.mark.parametrize("waited", [[], [NotFound("gone")]])
def test_what_ends_by_itself_is_only_waited_for(waited: list[Exception]) -> None:
    engine = Engine(waited=waited)
    removal.remove_ending_container(cast(APIClient, engine), "one")
    assert engine.waits == 1


def test_an_engine_that_does_not_answer_is_asked_again() -> None:
    """Who asks in the moment in which the container goes waits for one that is no more."""
    engine = Engine(waited=[requests.ConnectionError("timed out"), NotFound("gone")])
    removal.remove_ending_container(cast(APIClient, engine), "one")
    assert engine.waits == 2


def test_what_does_not_end_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "ENDS_S", -1)
    engine = Engine(None, waited=[requests.ConnectionError("timed out")])
    removal.remove_ending_container(cast(APIClient, engine), "one")
    assert engine.waits == 1
    assert engine.removed == []
