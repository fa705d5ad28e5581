"""Read frames from a ring of memory that the kernel fills: the way to follow a fast transfer.

For the wire alone; capture.py is the simple way, one call for each frame. Facts: packet(7) and the
kernel's Documentation/networking/packet_mmap.rst. Needs CAP_NET_RAW, and nothing else.
"""

import mmap
import os
import select
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from wire.capture import ARPHRD_LOOPBACK, ETH_P_ALL, SOL_PACKET, Frame, count_missed

# Numbers of <linux/if_packet.h> which the socket module does not name.
PACKET_RX_RING = 5
PACKET_VERSION = 10
TPACKET_V2 = 1
TP_STATUS_KERNEL = 0
TP_STATUS_USER = 1
TP_STATUS_LOSING = 4

# A slot holds one frame behind its header: headers of any length, and more payload than is drawn.
# So many slots are 4 MiB, a burst of 100 ms at the highest rate that was seen.
SLOT_BYTES = 512
SLOTS = 8192
BLOCK_BYTES = 64 * 1024
RING_BYTES = SLOTS * SLOT_BYTES

_REQUEST = struct.Struct("@IIII")
_HEADER = struct.Struct("@IIIHxxII")  # struct tpacket2_hdr: status, len, snaplen, mac, sec, nsec
_ADDRESS = struct.Struct("@8xHB")  # the struct sockaddr_ll behind it: hatype, pkttype
_ADDRESS_AT = 32

# Where the kernel puts an Ethernet frame in its slot.
FRAME_AT = 66

# Looks at a frame, given as the ring's memory and where in it the frame begins; True: seen enough.
Skim = Callable[[memoryview, int], bool]


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

    def read(self, skim: Skim) -> Caught | None:
        """Return the next frame that `skim` does not take; None if there is none yet."""
        words, memory, at = self._words, self._memory, self._at
        caught = None
        seconds = nanoseconds = 0
        for _ in range(SLOTS):  # at most once around, so that a flood does not hold the reader
            status = words[at >> 2]
            if caught is not None or not status & TP_STATUS_USER:
                break
            after_loss = bool(status & TP_STATUS_LOSING)
            # The first frame after a loss is never skimmed, so that the loss is said in its place.
            if after_loss <= self._is_losing and skim(memory, at + FRAME_AT):
                seconds, nanoseconds = words[(at >> 2) + 4], words[(at >> 2) + 5]
            else:
                caught = self._catch(at, after_loss=after_loss)
            self._is_losing = after_loss
            words[at >> 2] = TP_STATUS_KERNEL  # the kernel may use the slot again
            at = (at + SLOT_BYTES) % RING_BYTES
        self._at = at
        if seconds:
            self.skimmed_s = seconds + nanoseconds / 1e9
        return caught

    def _catch(self, at: int, *, after_loss: bool) -> Caught | None:
        _, length, captured, start, seconds, nanoseconds = _HEADER.unpack_from(self._memory, at)
        hardware_type, packet_type = _ADDRESS.unpack_from(self._memory, at + _ADDRESS_AT)
        if hardware_type == ARPHRD_LOOPBACK and packet_type == socket.PACKET_OUTGOING:
            return None  # loopback shows each packet twice, as it leaves and as it comes in
        data = bytes(self._memory[at + start : at + start + captured])
        return Caught(Frame(seconds + nanoseconds / 1e9, data, length), after_loss)


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
