"""A file in the folder that a lab's hosts share with the wire: lines go in, the wire takes them.

The wire empties the file when it has read it, under the same lock, so a program may write for as
long as it likes. Nobody waits for the wire: what has no room while it does not read is left out.
"""

import fcntl
import os
import time
from pathlib import Path

# How long the wire may hold the lock; it needs far less.
LOCK_S = 0.5
LOCK_PAUSE_S = 0.001


class SharedFile:
    """One file of at most `most_bytes`; a second lock shows the wire that its writer lives."""

    def __init__(self, path: str, *, most_bytes: int, create: bool = False) -> None:
        self._path = path
        self._most_bytes = most_bytes
        flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW
        try:
            if create:
                Path(path).unlink(missing_ok=True)
                flags |= os.O_CREAT | os.O_EXCL
            self._descriptor = os.open(path, flags)
            if create:
                os.fchmod(self._descriptor, 0o666)  # the wire is another user, and empties it
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._descriptor = -1

    @property
    def is_open(self) -> bool:
        """Whether it could be opened."""
        return self._descriptor >= 0

    def write(self, data: bytes, *, spare_bytes: int = 0) -> bool:
        """Add data, all or nothing; whether there was room for it and `spare_bytes` more."""
        if self._descriptor < 0 or not self._lock():
            return False
        try:
            size = os.fstat(self._descriptor).st_size
            if size + len(data) + spare_bytes > self._most_bytes:
                return False
            if os.write(self._descriptor, data) == len(data):
                return True
            os.ftruncate(self._descriptor, size)  # the folder is full
        except OSError:
            pass
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        return False

    def remove(self) -> None:
        """Take it away, where its end could not be told."""
        if self._descriptor >= 0:
            Path(self._path).unlink(missing_ok=True)

    def _lock(self) -> bool:
        deadline_s = time.monotonic() + LOCK_S
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline_s:
                    return False
                time.sleep(LOCK_PAUSE_S)
            else:
                return True
