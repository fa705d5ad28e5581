"""What counts as left by a dead run, and that many may clean at once."""

from typing import Any, cast

import pytest
import requests
from docker.api import APIClient
from docker.errors import APIError, NotFound

from grader import cleaning
from grader.errors import GraderError


class Engine:
    """As much of the SDK's client as cleaning uses; `answer` is what a removal meets."""

    base_url = "http+docker://localhost"

    def __init__(self, answer: APIError | None = None) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.filters: list[object] = []

    def get(self, url: str) -> requests.Response:
        response = requests.Response()
        response.headers["Date"] = "Fri, 18 Nov 2026 09:46:40 GMT"
        return response

    def containers(self, *, all: bool, filters: object) -> list[dict[str, Any]]:  # noqa: A002
        self.filters.append(filters)
        old, new = int(cleaning_now() - 3600), int(cleaning_now() - 1)
        rows = [("running", old), ("created", old), ("created", new), ("exited", old)]
        return [
            {"Id": f"{state}-{age}", "Names": [f"/{state}-{age}"], "State": state, "Created": made}
            for state, made in rows
            for age in ("old" if made == old else "new",)
        ]

    def networks(self, *, filters: object) -> list[dict[str, str]]:
        self.filters.append(filters)
        return [
            {"Id": "old", "Name": "net-old", "Created": "2026-11-18T08:46:40.123456789Z"},
            {"Id": "new", "Name": "net-new", "Created": "2026-11-18T10:46:30.5+01:00"},
        ]

    def remove_container(self, identity: str, *, force: bool, v: bool) -> None:
        self._remove(identity)

    def remove_network(self, identity: str) -> None:
        self._remove(identity)

    def wait(self, identity: str, *, timeout: int, condition: str) -> None:
        self.asked.append(f"wait {identity} {condition}")
        raise NotFound("gone")

    def _remove(self, identity: str) -> None:
        self.asked.append(identity)
        if self.answer:
            raise self.answer


def cleaning_now() -> float:
    return cleaning.read_time_s("2026-11-18T09:46:40Z")


def refusal(status: int) -> APIError:
    response = requests.Response()
    response.status_code = status
    kind = NotFound if status == 404 else APIError
    return kind("no", response=response, explanation="no")


def clean(engine: Engine, *, everything: bool) -> list[str]:
    return cleaning.clean(cast(APIClient, engine), everything=everything)


def test_an_engine_that_fails_is_our_fault() -> None:
    with pytest.raises(GraderError, match="Docker refused: no"):
        clean(Engine(refusal(500)), everything=False)


@pytest.mark.parametrize("status", [404, 409])
def test_what_another_cleans_at_the_same_time_is_not_ours_to_tell(status: int) -> None:
    engine = Engine(refusal(status))
    if status == 409:  # a network is never in conflict
        engine.networks = lambda **_: []  # type: ignore[method-assign]
    assert clean(engine, everything=True) == []
    assert ("wait created-old removed" in engine.asked) == (status == 409)


def test_a_network_with_containers_in_it_stays() -> None:
    engine = Engine(refusal(403))
    engine.containers = lambda **_: []  # type: ignore[method-assign]
    assert clean(engine, everything=True) == []


def test_only_the_old_and_unused_is_left_by_a_dead_run() -> None:
    engine = Engine()
    assert clean(engine, everything=False) == ["created-old", "exited-old", "net-old"]


def test_everything_is_everything_of_ours() -> None:
    engine = Engine()
    removed = clean(engine, everything=True)
    assert removed == [
        "running-old", "created-old", "created-new", "exited-old", "net-old", "net-new"
    ]  # fmt: skip
    assert engine.filters == [{"label": "socklab.grade"}] * 2


def test_what_runs_is_never_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "YOUNG_S", -1e9)
    assert "running-old" not in clean(Engine(), everything=False)


def test_one_run_alone() -> None:
    engine = Engine()
    cleaning.clean(cast(APIClient, engine), everything=True, run_id="ab12")
    assert engine.filters == [{"label": "socklab.grade=ab12"}] * 2


def test_the_engines_time_has_nanoseconds_and_any_zone() -> None:
    seconds = {
        cleaning.read_time_s(text)
        for text in (
            "2026-11-18T09:46:40Z",
            "2026-11-18T09:46:40.999999999Z",
            "2026-11-18T17:46:40.1+08:00",
        )
    }
    assert len(seconds) == 1
