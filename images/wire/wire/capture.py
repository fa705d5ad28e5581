"""Capture frames from one interface: the only module that touches a packet socket.

Standard library only, and nothing of this package: the source is also sent by itself into other
containers. Facts: packet(7), socket(7), and the kernel's Documentation/networking/timestamping.
Needs CAP_NET_RAW in the network namespace of the interface, and nothing else.
"""

import select
import socket
import struct
import time

# A full Ethernet frame with a VLAN tag. Longer ones, which segmentation offload hands over up to
# 64 KiB long, are cut here: their headers and first payload say all that is drawn or checked.
SNAP_LENGTH_BYTES = 1522

# Room for a burst while the reader prints; the kernel grants at most net.core.rmem_max.
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

# Numbers of <linux/if_ether.h>, <linux/if_packet.h>, <linux/if_arp.h> and <asm-generic/socket.h>
# which the socket module does not name.
ETH_P_ALL = 0x0003
SOL_PACKET = 263
PACKET_STATISTICS = 6
ARPHRD_LOOPBACK = 772
SO_TIMESTAMPNS = 35

_TIMESPEC = struct.Struct("@ll")
_STATISTICS = struct.Struct("@II")


class Frame:
    """One frame as it passed the interface.

    `time_s` is Unix time, taken by the kernel. `data` starts with the Ethernet header and is cut at
    the snap length; `original_length` is the number of bytes that passed.
    """

    # No dataclass: to import what makes one takes a container that captures for a check 9 ms.
    __slots__ = ("data", "original_length", "time_s")

    def __init__(self, time_s: float, data: bytes, original_length: int) -> None:
        self.time_s = time_s
        self.data = data
        self.original_length = original_length


def open_capture(interface: str) -> socket.socket:
    """Start to capture both directions of `interface`; frames wait in the socket until read.

    Raises PermissionError without CAP_NET_RAW and OSError (ENODEV) if there is no such interface.
    """
    # Protocol 0 receives nothing before bind() has named the interface.
    capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        capture.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        capture.bind((interface, ETH_P_ALL))
    except OSError:
        capture.close()
        raise
    return capture


def read_frame(capture: socket.socket) -> Frame:
    """Wait for the next frame.

    Loopback shows each packet twice, as it leaves and as it comes in; only the second is returned.
    Raises OSError (ENETDOWN) once the interface has gone.
    """
    buffer = bytearray(SNAP_LENGTH_BYTES)
    while True:
        # With MSG_TRUNC the count is the frame's own length, even if the buffer was shorter.
        length, ancillary, _, address = capture.recvmsg_into(
            [buffer], socket.CMSG_SPACE(_TIMESPEC.size), socket.MSG_TRUNC
        )
        _, _, packet_type, hardware_type, *_ = address
        if hardware_type == ARPHRD_LOOPBACK and packet_type == socket.PACKET_OUTGOING:
            continue
        return Frame(_time_s(ancillary), bytes(buffer[:length]), length)


def is_drained(capture: socket.socket) -> bool:
    """Whether no frame waits to be read."""
    return not select.select([capture], [], [], 0)[0]


def count_missed(capture: socket.socket) -> int:
    """Return how many frames were lost since the last call because the reader was too slow."""
    answer = capture.getsockopt(SOL_PACKET, PACKET_STATISTICS, _STATISTICS.size)
    _, missed = _STATISTICS.unpack(answer)
    return int(missed)


def _time_s(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
