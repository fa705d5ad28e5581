"""The peer on loopback: its agent is a plain process here, the other host a stand-in."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import pytest

from grader.peer import Peer
from grader.steps import Steps
from unit.loopback import LIMIT_S, Connected, OtherHost, local_listener, local_peer

if TYPE_CHECKING:
    from grader.host import Host


@pytest.fixture(scope="module")
def agent() -> Iterator[Peer]:
    with local_peer() as peer:
        yield peer


@pytest.fixture
def other() -> OtherHost:
    return OtherHost("server", "127.0.0.1")


@pytest.fixture
def peer(agent: Peer, other: OtherHost) -> Iterator[Peer]:
    agent.begin(steps=Steps(), hosts={"server": cast("Host", other)})
    yield agent
    agent.end()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with local_listener() as listener:
        yield listener


@pytest.fixture
def connected(peer: Peer, listener: socket.socket) -> Iterator[Connected]:
    connection = peer.connect("server", listener.getsockname()[1])
    accepted, _ = listener.accept()
    accepted.settimeout(LIMIT_S)
    with accepted:
        yield connection, accepted
