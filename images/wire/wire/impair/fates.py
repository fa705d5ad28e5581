"""What the daemon tells the wire about single packets, so that the picture can show it.

Through a FIFO, in records of one size: the time, what became of the packet, and as much of it as is
drawn. Nobody waits: what nobody reads, or too late, is not told.
"""

import fcntl
import os
import struct
import time
from pathlib import Path

from wire.impair.packets import read
from wire.note import Note
from wire.packet import Packet

PATH = Path("/run/impair/fates")
KEPT_BYTES = 256
PIPE_BYTES = 1 << 20  # the most that a pipe may hold: 3,900 records
AT_ONCE = 500  # read in one go, before frames are looked at again
_RECORD = struct.Struct(f"=dBH{KEPT_BYTES}s")
_NOTES = (Note.LOST, Note.DAMAGED)


class Teller:
    """The daemon's end."""

    def __init__(self, path: Path = PATH) -> None:
        try:
            self._number = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # no wire listens
            self._number = -1

    def tell(self, packet: bytes, note: Note) -> None:
        """Tell what became of an IP packet."""
        kept = packet[:KEPT_BYTES]
        record = _RECORD.pack(time.time(), _NOTES.index(note), len(kept), kept)
        try:
            os.write(self._number, record)
        except OSError:  # the wire is gone or behind
            return


class Hearer:
    """The wire's end; raises OSError if there is no place for it."""

    def __init__(self, path: Path = PATH) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path, mode=0o600)
        # Open for writing as well: then it does not end with the daemon.
        self._number = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._number, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def fileno(self) -> int:
        """Return the file descriptor to wait on."""
        return self._number

    def read(self) -> list[tuple[Packet, Note]]:
        """Return what was told since the last call."""
        try:
            data = os.read(self._number, AT_ONCE * _RECORD.size)
        except BlockingIOError:
            return []
        told = []
        for time_s, number, size, kept in _RECORD.iter_unpack(data):
            packet = read(kept[:size], time_s=time_s)
            if packet is not None:
                told.append((packet, _NOTES[number]))
        return told
