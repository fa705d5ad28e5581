"""Read what traced programs write into the folder that the lab's hosts share with the wire.

Anybody in the lab may write into it, so a file is read only by a name of ours, and not too many.
"""

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

from wire.calls import Call, Trace
from wire.clock import NOTICED_S, WallClock
from wire.shared import Folder, SharedFile, remove

# LAB-HOST.PROCESS, as the program `trace` in a host names its file.
_NAME = re.compile(r"([a-z0-9]{1,16})-([a-z][a-z0-9-]{0,15})\.\d{1,9}")
_MISSED = re.compile(r"missed (\d{1,9})")

FILES_AT_ONCE = 16

# The last line of a file: the traced program and its children have ended.
END = "end"
# A trace whose program was killed has no such line, and nobody who writes it any more.
QUIET_S = 2.0

# On a busy machine; until then nothing is drawn.
STARTS_WITHIN_S = 3.0
# Nobody has begun to write it, and nobody will.
NEVER_STARTS_S = 60.0

# Of what was called before the wire began only this is shown: how the server came to listen.
_LASTING = {"socket", "setsockopt", "bind", "listen"}


@dataclass
class _File:
    shared: SharedFile
    trace: Trace
    changed_s: float
    has_ended: bool = False


class Traces:
    """The traces of one lab; files of programs that have ended before are removed.

    `began_s` is when the picture begins, in Unix time; now, if nothing else is said.
    """

    def __init__(
        self,
        folder: Path,
        *,
        lab: str,
        began_s: float | None = None,
        clock: WallClock | None = None,
    ) -> None:
        self._folder = folder
        self._all_names = Folder(folder)
        self._lab = lab
        self._files: dict[str, _File] = {}
        self._missed = 0
        self._clock = clock or WallClock()
        self._began_s = time.time() if began_s is None else began_s
        for name in self._names():
            self._remove_if_old(folder / name)

    @property
    def is_active(self) -> bool:
        """Whether a traced program runs."""
        return bool(self._files)

    @property
    def is_starting(self) -> bool:
        """Whether a trace has begun whose calls may arrive late, as what passes them on starts."""
        since_s = time.monotonic() - STARTS_WITHIN_S
        files = self._files.values()
        return any(not file.shared.size and file.changed_s > since_s for file in files)

    def poll(self) -> tuple[list[Call], list[Call]]:
        """Return the calls that came since the last time, and those that wait to return."""
        self._clock.look()
        self._open_new()
        calls, waiting = [], []
        for name, file in list(self._files.items()):
            calls += self._read_more(file)
            if file.has_ended:
                file.shared.remove()
                del self._files[name]
            else:
                waiting += file.trace.waiting(file.shared.tail)
        return calls, waiting

    def take_missed(self) -> int:
        """Return how many calls had no room in their file since the last time."""
        missed, self._missed = self._missed, 0
        return missed

    def _names(self) -> list[str]:
        """The files of this lab by name; none where the folder is missing."""
        matches = [(name, _NAME.fullmatch(name)) for name in self._all_names.names()]
        return [name for name, match in matches if match and match[1] == self._lab]

    def _open_new(self) -> None:
        for name in self._names():
            if name in self._files or len(self._files) >= FILES_AT_ONCE:
                continue
            path, match = self._folder / name, _NAME.fullmatch(name)
            assert match is not None
            try:
                shared = SharedFile(path)
            except OSError:
                remove(path)
            else:
                self._files[name] = _File(shared, Trace(match[2]), time.monotonic())

    def _remove_if_old(self, path: Path) -> None:
        try:
            shared = SharedFile(path)
        except OSError:
            remove(path)
            return
        if shared.has_writer or shared.changed_s > self._began_s - STARTS_WITHIN_S:
            shared.close()
        else:
            shared.remove()

    def _read_more(self, file: _File) -> list[Call]:
        now_s = time.monotonic()
        has_begun = file.shared.size > 0
        lines = file.shared.read()
        if END in lines:
            lines, file.has_ended = lines[: lines.index(END)], True
        elif lines:
            file.changed_s = now_s
        elif file.shared.is_removed:
            file.has_ended = True
        elif now_s - file.changed_s > (QUIET_S if has_begun else NEVER_STARTS_S):
            file.has_ended = not file.shared.has_writer
            file.changed_s = now_s
        calls: list[Call] = []
        for line in lines:
            if missed := _MISSED.fullmatch(line):
                self._missed += int(missed[1])
            calls += (self._on_time(call) for call in file.trace.read(line))
        return self._without_history(calls)

    def _on_time(self, call: Call) -> Call:
        """Say by how much the clock was set while the call lasted."""
        set_s = self._clock.set_within(call.took_s or 0.0)
        return replace(call, set_s=set_s) if abs(set_s) > NOTICED_S else call

    def _without_history(self, calls: list[Call]) -> list[Call]:
        """Leave out what was called before the wire began, but for how a socket came to listen."""
        early = [call for call in calls if call.moment_s < self._began_s]
        if not early:
            return calls
        listening = {call.descriptor for call in early if call.name == "listen"}
        return [
            call
            for call in calls
            if call.moment_s >= self._began_s
            or (call.name in _LASTING and call.descriptor in listening)
        ]
