"""The sandbox as checks see it: two hosts made new for each check, and the peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING

from grader.errors import CheckFailed, GraderError
from grader.language import Text
from grader.peer import Peer, open_peer
from grader.ports import ports_of
from grader.steps import Steps

if TYPE_CHECKING:
    from grader.host import Host
    from grader.sandbox import Sandbox
    from grader.submission import Submission


class SandboxStage:
    """One submission in a sandbox. Hosts that the check before has used are made new."""

    peer: Peer

    def __init__(self, sandbox: Sandbox, submission: Submission, *, ports: range) -> None:
        self._sandbox = sandbox
        self._ports = ports
        self._submission = submission
        self._containers = ExitStack()
        self._hosts: dict[str, Host] = {}
        self._used: set[str] = set()

    def open(self) -> None:
        """Start fresh containers, instead of those there are."""
        self.close()
        pair = self._sandbox.hosts(self._submission, ports=self._ports)
        server, client = self._containers.enter_context(pair)
        self._hosts = {"server": server, "client": client}

    def close(self) -> None:
        """Remove the containers."""
        self._hosts = {}
        self._used.clear()
        self._containers.close()

    def begin(self, steps: Steps) -> None:
        """Make everything as new for a check that notes its steps there."""
        try:
            for name in self._used:
                self._hosts[name].reset()
        except (CheckFailed, GraderError):  # the check before has ended its own container
            self.open()
        self._used.clear()
        for host in self._hosts.values():
            host.steps = steps
            steps.clock_offset_s = host.clock_offset_s  # one kernel, so any host's
        self.peer.begin(steps=steps, hosts=self._hosts)

    def end(self) -> None:
        """Close what the peer has open, so that a program of the next check meets nothing old."""
        self.peer.end()

    @contextmanager
    def impair(self, words: str, *, at: str, seed: int) -> Iterator[None]:
        """Have a bad network at a host while the context lasts. Raises GraderError."""
        impairment = self._sandbox.impairment(at)
        steps = self._hosts[at].steps
        impairment.apply(words, seed=seed)
        steps.add(at, IMPAIRED.fill(words=words))
        try:
            yield
        finally:
            impairment.clear()
            steps.add(at, CLEARED)

    @property
    def server(self) -> Host:
        """The host `server`."""
        return self._use("server")

    @property
    def client(self) -> Host:
        """The host `client`."""
        return self._use("client")

    def _use(self, name: str) -> Host:
        self._used.add(name)
        return self._hosts[name]


@contextmanager
def open_stage(
    sandbox: Sandbox,
    submission: Submission,
    *,
    peer: Callable[[], Peer] | None = None,
    ports: range | None = None,
) -> Iterator[SandboxStage]:
    """Put one submission into a sandbox; its containers are gone afterwards.

    `peer` gives one that is kept for many submissions, `ports` are those of its checks.
    """
    stage = SandboxStage(sandbox, submission, ports=ports or ports_of())
    try:
        stage.open()  # the peer goes on starting meanwhile
        with nullcontext(peer()) if peer else open_peer(sandbox.peer) as stage.peer:
            yield stage
    finally:
        stage.close()


IMPAIRED = Text("network becomes bad: {words}", "网络变差：{words}")
CLEARED = Text("network is good again", "网络恢复正常")
