"""What the plugin needs of the rest, so that its own tests need no engine."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from grader.host import Host
    from grader.peer import Peer
    from grader.steps import Steps


class Stage(Protocol):
    """Where checks play: two hosts with the submission on them, and the peer."""

    def begin(self, steps: Steps) -> None:
        """Make everything as new for a check that notes its steps there."""

    def end(self) -> None:
        """Close what the check has left open."""

    def impair(self, words: str, *, at: str, seed: int) -> AbstractContextManager[None]:
        """Have a bad network at a host while the context lasts."""

    @property
    def server(self) -> Host: ...  # noqa: D102
    @property
    def client(self) -> Host: ...  # noqa: D102
    @property
    def peer(self) -> Peer: ...  # noqa: D102


class Impair(Protocol):
    """Fixture: `with impair("loss 20%"):` has a bad network at the server while it lasts.

    The words are those of the command `impair` in images/wire, without a seed: that is the check's.
    `from client` is what comes to the server, `from server` what leaves it. With `at=client` it is
    at the client's interface instead.
    """

    def __call__(  # noqa: D102
        self, words: str, *, at: Host | None = None
    ) -> AbstractContextManager[None]: ...


class Log(Protocol):
    """Where our own tracebacks go."""

    def note(self, what: str) -> None: ...  # noqa: D102
