"""A ring's memory and the kernel that fills it, for tests."""

import socket
import struct

from wire.ring import FRAME_AT, RING_BYTES, SLOT_BYTES, TP_STATUS_USER, Slots

ETHERNET, LOOPBACK = 1, 772
MOMENT_NS = 1_700_000_000_250_000_000


class Kernel:
    """Fills slots as the kernel does."""

    def __init__(self) -> None:
        self.memory = memoryview(bytearray(RING_BYTES))
        self.slots = Slots(self.memory)
        self._at = 0

    def put(
        self,
        data: bytes,
        *,
        status: int = TP_STATUS_USER,
        kind: int = socket.PACKET_HOST,
        hardware: int = ETHERNET,
        length: int | None = None,
        time_ns: int = MOMENT_NS,
    ) -> None:
        length = len(data) if length is None else length
        data = data[: SLOT_BYTES - FRAME_AT]
        header = struct.pack(
            "@IIIHHII", status, length, len(data), FRAME_AT, 80, *divmod(time_ns, 10**9)
        )
        address = struct.pack("@HHiHB", socket.AF_PACKET, 0x0800, 2, hardware, kind)
        slot = self.memory[self._at : self._at + SLOT_BYTES]
        slot[: len(header)] = header
        slot[32 : 32 + len(address)] = address
        slot[FRAME_AT : FRAME_AT + len(data)] = data
        self._at = (self._at + SLOT_BYTES) % RING_BYTES
