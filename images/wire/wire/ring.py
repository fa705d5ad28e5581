"""Read frames from a ring of memory that the kernel fills: the way to follow a fast transfer.

For the wire alone; capture.py is the simple way, one call for each frame. Facts: packet(7) and the
kernel's Documentation/networking/packet_mmap.rst. Needs CAP_NET_RAW, and nothing else.
"""

import mmap
import os
import select
import socket
import struct
import sys
from array import array
from dataclasses import dataclass
from typing import Literal, Protocol

from wire.capture import ARPHRD_LOOPBACK, ETH_P_ALL, SOL_PACKET, Frame, count_missed

# Numbers of <linux/if_packet.h> which the socket module does not name.
PACKET_RX_RING = 5
PACKET_VERSION = 10
TPACKET_V2 = 1
TP_STATUS_KERNEL = 0
TP_STATUS_USER = 1
TP_STATUS_LOSING = 4

# A slot holds one frame behind its header: headers of any length, and as much payload as is drawn.
# What the kernel copies in vain slows the hosts. So many slots are 8 MiB: what comes in 400 ms at
# the highest rate that was seen, twice the time that frames may gather (watch.py).
SLOT_BYTES = 256
SLOTS = 32768
BLOCK_BYTES = 64 * 1024
RING_BYTES = SLOTS * SLOT_BYTES

# So many frames are first looked at together, which takes a third of the time. Where that ends,
# some are looked at one by one; fewer are not worth it.
TOGETHER = 128
SINGLY = 16

_GIVEN_BACK = memoryview(array("I", [TP_STATUS_KERNEL] * TOGETHER))
_REQUEST = struct.Struct("@IIII")
_HEADER = struct.Struct("@IIIHxxII")  # struct tpacket2_hdr: status, len, snaplen, mac, sec, nsec
_ADDRESS = struct.Struct("@8xHB")  # the struct sockaddr_ll behind it: hatype, pkttype
_ADDRESS_AT = 32

# Where the kernel puts an Ethernet frame in its slot.
FRAME_AT = 66


class Columns:
    """Frames in neighbouring slots, a field of all of them at a time.

    `at` is the field's place in an Ethernet frame, in bytes, at which it fits into the slot's
    words; numbers are in network byte order.
    """

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory

    def count_only(self, at: int, allowed: bytes) -> int:
        """In how many frames, from the first on, a field of one byte is one of those."""
        column = self._memory[FRAME_AT + at :: SLOT_BYTES].tobytes()
        return len(column) - len(column.lstrip(allowed))

    def numbers(self, at: int, kind: Literal["B", "H", "I", "Q"]) -> list[int]:
        """Return a field of 1, 2, 4 or 8 bytes."""
        view = self._memory.cast(kind)
        column = view[(FRAME_AT + at) // view.itemsize :: SLOT_BYTES // view.itemsize]
        numbers = array(kind, column.tobytes())
        if sys.byteorder == "little":
            numbers.byteswap()
        return numbers.tolist()


class Skim(Protocol):
    """Looks at what comes, and says whether it has seen enough of it."""

    def skim(self, memory: memoryview, at: int) -> bool:
        """Look at the frame that begins there in the ring's memory."""

    def skim_all(self, columns: Columns) -> int:
        """Look at many frames; return how many of them, from the first on, count as seen."""


@dataclass(frozen=True)
class Caught:
    """A frame; `after_loss` says that frames before it, this one's neighbours, were lost."""

    frame: Frame
    after_loss: bool


class Slots:
    """The ring's memory, read slot by slot; `skimmed_s` as in Ring."""

    def __init__(self, memory: memoryview) -> None:
        self.skimmed_s = 0.0
        self._memory = memory
        self._words = memory.cast("I")
        self._at = 0
        self._is_losing = False
        self._singly = 0  # so many frames are to be looked at one by one
        self._left = 0

    def read(self, skim: Skim) -> Caught | None:
        """Return the next frame that `skim` does not take; None if there is none yet."""
        self._left = SLOTS  # at most once around: a flood does not hold the reader
        while self._left > 0:
            if self._singly or not self._skim_together(skim):
                goes_on, caught = self._skim_one_by_one(skim)
                if not goes_on:
                    return caught
        return None

    def _skim_together(self, skim: Skim) -> bool:
        """Pass over the next frames up to the first that stands out; whether none does."""
        end = min(self._at + TOGETHER * SLOT_BYTES, RING_BYTES)
        states = self._words[self._at >> 2 : end >> 2 : SLOT_BYTES >> 2]
        listed = states.tolist()
        stops = [listed.index(each) for each in set(listed) if not _is_ready(each)]
        ready = min([len(listed), *stops])
        if ready < SINGLY:
            return False
        seen = skim.skim_all(Columns(self._memory[self._at : self._at + ready * SLOT_BYTES]))
        if seen:
            self._is_losing = False
            self._note_time(self._at + (seen - 1) * SLOT_BYTES)
            states[:seen] = _GIVEN_BACK[:seen]
            self._at = (self._at + seen * SLOT_BYTES) % RING_BYTES
            self._left -= seen
        return seen == ready

    def _skim_one_by_one(self, skim: Skim) -> tuple[bool, Caught | None]:
        """Look at some frames singly; whether to go on after them, and what was caught."""
        words, memory = self._words, self._memory
        self._singly = self._singly or SINGLY
        while self._singly:
            at = self._at
            state = words[at >> 2]
            if not state & TP_STATUS_USER:
                return False, None
            self._singly -= 1
            self._left -= 1
            after_loss = bool(state & TP_STATUS_LOSING)
            caught = None
            # The first frame after a loss is never skimmed, so that the loss is said in its place.
            if after_loss <= self._is_losing and skim.skim(memory, at + FRAME_AT):
                self._note_time(at)
            else:
                caught = self._catch(at, after_loss=after_loss)
            self._is_losing = after_loss
            words[at >> 2] = TP_STATUS_KERNEL  # the kernel may use the slot again
            self._at = (at + SLOT_BYTES) % RING_BYTES
            if caught is not None:
                return False, caught
        return True, None

    def _note_time(self, at: int) -> None:
        seconds, nanoseconds = self._words[(at >> 2) + 4], self._words[(at >> 2) + 5]
        self.skimmed_s = seconds + nanoseconds / 1e9

    def _catch(self, at: int, *, after_loss: bool) -> Caught | None:
        _, length, captured, start, seconds, nanoseconds = _HEADER.unpack_from(self._memory, at)
        hardware_type, packet_type = _ADDRESS.unpack_from(self._memory, at + _ADDRESS_AT)
        if hardware_type == ARPHRD_LOOPBACK and packet_type == socket.PACKET_OUTGOING:
            return None  # loopback shows each packet twice, as it leaves and as it comes in
        data = bytes(self._memory[at + start : at + start + captured])
        return Caught(Frame(seconds + nanoseconds / 1e9, data, length), after_loss)


def _is_ready(state: int) -> bool:
    """Whether a frame is there, and none was lost before it."""
    return bool(state & TP_STATUS_USER) and not state & TP_STATUS_LOSING


class Ring:
    """The frames of one interface, both directions, from now on.

    Raises PermissionError without CAP_NET_RAW and OSError (ENODEV) if there is no such interface.
    """

    def __init__(self, interface: str) -> None:
        # Protocol 0 receives nothing before bind() has named the interface.
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        try:
            self._socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
            request = _REQUEST.pack(BLOCK_BYTES, RING_BYTES // BLOCK_BYTES, SLOT_BYTES, SLOTS)
            self._socket.setsockopt(SOL_PACKET, PACKET_RX_RING, request)
            self._slots = Slots(memoryview(mmap.mmap(self._socket.fileno(), RING_BYTES)))
            self._socket.bind((interface, ETH_P_ALL))
        except OSError:
            self._socket.close()
            raise
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    @property
    def skimmed_s(self) -> float:
        """The time of the last frame that was only skimmed."""
        return self._slots.skimmed_s

    def read(self, skim: Skim) -> Caught | None:
        """Return the next frame that `skim` does not take; None if there is none yet."""
        return self._slots.read(skim)

    def also_wait_for(self, number: int) -> None:
        """Let `wait` return as well when this file descriptor has something to read."""
        self._poll.register(number, select.POLLIN)

    def wait(self, limit_s: float | None) -> None:
        """Return when a frame is there, or what else was asked for, or after the limit.

        Raises OSError (ENETDOWN) once the interface has gone.
        """
        for number, found in self._poll.poll(None if limit_s is None else limit_s * 1000):
            if number == self._socket.fileno() and found & (
                select.POLLERR | select.POLLHUP | select.POLLNVAL
            ):
                reason = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                raise OSError(reason, os.strerror(reason))

    def count_missed(self) -> int:
        """Return how many frames were lost since the last call because the reader was too slow."""
        return count_missed(self._socket)
