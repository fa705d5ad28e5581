"""Fold the calls of long transfers: the first ones are shown, the others only counted. Pure."""

from dataclasses import dataclass, replace

from wire.calls import RECEIVES, SENDS, Call

# Longer than an exchange of a lab's handout has calls of one kind on one socket.
SHOWN_FIRST = 6
QUIET_S = 0.5
TELL_EVERY_S = 1.0

_Key = tuple[str, int, str]


@dataclass
class _Run:
    shown: int = 0
    last_s: float = 0.0
    since_s: float = 0.0
    counted: Call | None = None


class CallFolding:
    """Takes calls in their order and gives what to show. `now_s` is any clock that goes on."""

    def __init__(self) -> None:
        self._runs: dict[_Key, _Run] = {}

    @property
    def is_pending(self) -> bool:
        """Whether anything was counted that has not been told."""
        return any(run.counted for run in self._runs.values())

    def take(self, call: Call, *, now_s: float) -> list[Call]:
        """Take the next call; return what to show now, which may be nothing."""
        out = self.overdue(now_s=now_s)
        key = call.host, call.descriptor, call.name
        is_transfer = call.name in SENDS | RECEIVES and call.length > 0 and not call.is_return
        if not is_transfer:
            ended = [each for each in self._runs if each[:2] == key[:2]]
            for each in ended:
                out += self._tell(each)
                del self._runs[each]
            return [*out, call]
        run = self._runs.setdefault(key, _Run())
        run.last_s = now_s
        if run.shown < SHOWN_FIRST:
            run.shown += 1
            return [*out, call]
        if run.counted is None:
            run.since_s, run.counted = now_s, call
        else:
            before = run.counted
            run.counted = replace(call, count=before.count + 1, length=before.length + call.length)
        return out

    def overdue(self, *, now_s: float) -> list[Call]:
        """Return what has waited long enough; to be called when time passes without a call."""
        out = []
        for key, run in list(self._runs.items()):
            is_quiet = now_s - run.last_s > QUIET_S
            if is_quiet or (run.counted and now_s - run.since_s > TELL_EVERY_S):
                out += self._tell(key)
            if is_quiet:
                del self._runs[key]
        return out

    def _tell(self, key: _Key) -> list[Call]:
        run = self._runs[key]
        counted, run.counted = run.counted, None
        return [counted] if counted else []
