from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader import stage as stage_module
from grader.errors import CheckFailed, GraderError
from grader.language import same
from grader.lesson import Lesson
from grader.stage import open_stage
from grader.steps import Steps


class FakeHost:
    def __init__(self, name: str) -> None:
        self.name = name
        self.steps = Steps()
        self.clock_offset_s = 1000.0
        self.resets = 0
        self.problem: Exception | None = None

    def reset(self) -> None:
        self.resets += 1
        if self.problem:
            raise self.problem


class FakeSandbox:
    def __init__(self) -> None:
        self.peer = FakeHost("peer")
        self.open_pairs = 0
        self.made_pairs = 0
        self.impaired: list[tuple[str, str, int]] = []

    @contextmanager
    def hosts(self, _submission: object, *, ports: range) -> Iterator[tuple[FakeHost, FakeHost]]:
        self.open_pairs += 1
        self.made_pairs += 1
        try:
            yield FakeHost("server"), FakeHost("client")
        finally:
            self.open_pairs -= 1

    def impairment(self, name: str) -> Any:
        def apply(words: str, *, seed: int) -> None:
            self.impaired.append((name, words, seed))

        return SimpleNamespace(apply=apply, clear=lambda: self.impaired.append((name, "clear", 0)))


class FakePeer:
    def __init__(self) -> None:
        self.begun: list[dict[str, Any]] = []
        self.ended = 0

    def begin(self, *, steps: Steps, hosts: dict[str, Any]) -> None:
        self.begun.append(dict(hosts))

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def sandbox() -> FakeSandbox:
    return FakeSandbox()


@pytest.fixture
def peer() -> FakePeer:
    return FakePeer()


@pytest.fixture
def stage(sandbox: FakeSandbox, peer: FakePeer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    @contextmanager
    def fake_open_peer(_host: object) -> Iterator[FakePeer]:
        yield peer

    monkeypatch.setattr(stage_module, "open_peer", fake_open_peer)
    submission: Any = object()
    any_sandbox: Any = sandbox
    with open_stage(any_sandbox, submission) as stage:
        yield stage
    assert sandbox.open_pairs == 0


@pytest.mark.parametrize(
    "problem", [CheckFailed(Lesson(same("out of memory"), same("x"))), GraderError("no answer")]
)
def test_a_host_that_cannot_be_reset_is_replaced(
    stage: Any, sandbox: FakeSandbox, problem: Exception
) -> None:
    stage.begin(Steps())
    broken = stage.server
    broken.problem = problem
    stage.begin(Steps())
    assert stage.server is not broken
    assert (sandbox.open_pairs, sandbox.made_pairs) == (1, 2)


def test_only_hosts_that_were_used_are_made_new(stage: Any) -> None:
    stage.begin(Steps())
    server = stage.server
    stage.begin(Steps())
    stage.begin(Steps())
    assert server.resets == 1
    assert stage.client.resets == 0


def test_all_note_their_steps_in_the_same_place(stage: Any, peer: FakePeer) -> None:
    steps = Steps()
    stage.begin(steps)
    assert stage.server.steps is steps
    assert stage.client.steps is steps
    assert steps.clock_offset_s == stage.server.clock_offset_s
    assert set(peer.begun[-1]) == {"server", "client"}


def test_the_peer_lets_go_at_the_end(stage: Any, peer: FakePeer) -> None:
    stage.begin(Steps())
    stage.end()
    assert peer.ended == 1


def test_a_bad_network_ends_with_its_context_and_is_told(stage: Any, sandbox: FakeSandbox) -> None:
    steps = Steps()
    stage.begin(steps)
    with pytest.raises(CheckFailed), stage.impair("loss 20%", at="client", seed=7):
        raise CheckFailed(Lesson(same("lost"), same("kept")))
    assert sandbox.impaired == [("client", "loss 20%", 7), ("client", "clear", 0)]
    assert [(step.who, step.what.en) for step in steps] == [
        ("client", "network becomes bad: loss 20%"),
        ("client", "network is good again"),
    ]


def test_a_peer_that_is_kept_serves_many_submissions(sandbox: FakeSandbox, peer: FakePeer) -> None:
    anything: Any = sandbox
    for _ in range(2):
        with open_stage(anything, anything, peer=lambda: cast(Any, peer)) as stage:
            stage.begin(Steps())
            stage.end()
    assert (len(peer.begun), peer.ended) == (2, 2)
