"""Read a file that a host writes into the folder it shares with the wire, and empty it.

Anybody in the lab may write there, so only a plain file is read, and little at once. The writer
adds lines under the same lock (flock); another one, which it holds as long as it lives, shows that.
"""

import fcntl
import os
import stat
import time
from pathlib import Path

BYTES_AT_ONCE = 256 * 1024
LINE_BYTES = 8 * 1024
SETTLES_NS = 100_000_000


class SharedFile:
    """One file, open; `tail` is what has come of a line without an end yet."""

    def __init__(self, path: Path) -> None:
        """Open it; raises OSError if that cannot be done, or is no plain file."""
        self.path = path
        self.tail = ""
        self.size = 0
        self._place = 0
        flags = os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            self._descriptor = os.open(path, os.O_RDWR | flags)
        except PermissionError:  # then it grows as far as its writer lets it
            self._descriptor = os.open(path, os.O_RDONLY | flags)
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.close(self._descriptor)
            raise OSError(f"{path} is no plain file")

    @property
    def is_removed(self) -> bool:
        """Whether it has gone from the folder."""
        return os.fstat(self._descriptor).st_nlink == 0

    @property
    def has_writer(self) -> bool:
        """Whether its writer lives; False before it has begun, too."""
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        except OSError:
            return True
        return False

    @property
    def changed_s(self) -> float:
        """When something was written, in Unix time."""
        return os.fstat(self._descriptor).st_mtime

    def read(self) -> list[str]:
        """Return the lines that were added, without those that are too long to be meant."""
        data = self._take()
        self.size += len(data)
        *lines, tail = (self.tail + data.decode("latin-1")).split("\n")
        self.tail = tail[: LINE_BYTES + 1]
        return [line for line in lines if len(line) <= LINE_BYTES]

    def close(self) -> None:
        """Read no more."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Take it away as well."""
        self.close()
        remove(self.path)

    def _take(self) -> bytes:
        if os.fstat(self._descriptor).st_size <= self._place:
            return b""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # it is being written to: the next time, then
            return b""
        try:
            data = os.read(self._descriptor, BYTES_AT_ONCE)
            self._place += len(data)
            if self._place >= os.fstat(self._descriptor).st_size:
                os.ftruncate(self._descriptor, 0)
                os.lseek(self._descriptor, 0, os.SEEK_SET)
                self._place = 0
        except OSError:  # one that may only be read is not emptied
            return data
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        return data


class Folder:
    """The names in a folder, looked up again only when one has come or gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed_ns = -1
        self._names: list[str] = []

    def names(self) -> list[str]:
        """The names in their order; none where the folder is missing."""
        try:
            changed_ns = self._path.stat().st_mtime_ns
            # A clock of the kernel stands still for some ms: one that has just changed may again.
            is_settled = time.time_ns() - changed_ns > SETTLES_NS
            if changed_ns != self._changed_ns or not is_settled:
                self._names = sorted(os.listdir(self._path))  # noqa: PTH208, ten times as fast
                self._changed_ns = changed_ns
        except OSError:
            self._names, self._changed_ns = [], -1
        return self._names


def remove(path: Path) -> None:
    """Remove a file, if that can be done."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # a folder, or not ours to remove: it is looked at again and again, no more
