"""The ring's memory: slots that the kernel has filled, read once each and given back."""

import socket
import struct

import pytest

from unit.segments import HELLO
from wire import ring
from wire.ring import (
    FRAME_AT,
    RING_BYTES,
    SLOT_BYTES,
    SLOTS,
    TP_STATUS_LOSING,
    TP_STATUS_USER,
    Ring,
    Slots,
)

ETHERNET, LOOPBACK = 1, 772


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
    ) -> None:
        length = len(data) if length is None else length
        header = struct.pack(
            "@IIIHHII", status, length, len(data), FRAME_AT, 80, 1_700_000_000, 250_000_000
        )
        address = struct.pack("@HHiHB", socket.AF_PACKET, 0x0800, 2, hardware, kind)
        slot = self.memory[self._at : self._at + SLOT_BYTES]
        slot[: len(header)] = header
        slot[32 : 32 + len(address)] = address
        slot[FRAME_AT : FRAME_AT + len(data)] = data
        self._at = (self._at + SLOT_BYTES) % RING_BYTES


def nothing(_memory: memoryview, _at: int) -> bool:
    return False


def everything(_memory: memoryview, _at: int) -> bool:
    return True


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def test_interface_that_is_missing_raises() -> None:
    with pytest.raises(OSError, match=r"No such device|not permitted"):
        Ring("missing0")


def test_slot_layout_is_that_of_the_kernel() -> None:
    # TPACKET_ALIGN(sizeof(struct tpacket2_hdr) + sizeof(struct sockaddr_ll) + 16) - ETH_HLEN
    assert FRAME_AT == (32 + 20 + 16 + 15) // 16 * 16 - 14
    assert ring.BLOCK_BYTES % SLOT_BYTES == 0
    assert RING_BYTES % ring.BLOCK_BYTES == 0


def test_empty_ring_has_nothing(kernel: Kernel) -> None:
    assert kernel.slots.read(nothing) is None


def test_frames_come_in_their_order_with_the_kernels_time(kernel: Kernel) -> None:
    kernel.put(HELLO[0])
    kernel.put(HELLO[1][:60], length=1500)
    first, second = kernel.slots.read(nothing), kernel.slots.read(nothing)
    assert first is not None
    assert second is not None
    assert (first.frame.data, first.frame.time_s) == (HELLO[0], 1_700_000_000.25)
    assert (second.frame.data, second.frame.original_length) == (HELLO[1][:60], 1500)
    assert kernel.slots.read(nothing) is None


def test_slots_are_given_back_and_used_again(kernel: Kernel) -> None:
    for turn in range(2 * SLOTS + 3):
        kernel.put(bytes([turn % 256]) * 60)
        caught = kernel.slots.read(nothing)
        assert caught is not None
        assert caught.frame.data[0] == turn % 256
    assert not any(kernel.memory.cast("I")[:: SLOT_BYTES // 4])


def test_skimmed_frames_are_passed_over(kernel: Kernel) -> None:
    for _ in range(5):
        kernel.put(HELLO[0])
    assert kernel.slots.read(everything) is None
    assert kernel.slots.skimmed_s == 1_700_000_000.25
    kernel.put(HELLO[1])
    caught = kernel.slots.read(nothing)
    assert caught is not None
    assert caught.frame.data == HELLO[1]


def test_reader_returns_after_one_round_of_a_flood(kernel: Kernel) -> None:
    for _ in range(SLOTS):
        kernel.put(HELLO[0])

    def refill(_memory: memoryview, at: int) -> bool:
        kernel.put(HELLO[0])
        return True

    assert kernel.slots.read(refill) is None


def test_first_frame_after_a_loss_is_never_skimmed(kernel: Kernel) -> None:
    kernel.put(HELLO[0])
    kernel.put(HELLO[1], status=TP_STATUS_USER | TP_STATUS_LOSING)
    kernel.put(HELLO[2], status=TP_STATUS_USER | TP_STATUS_LOSING)
    caught = kernel.slots.read(everything)
    assert caught is not None
    assert (caught.frame.data, caught.after_loss) == (HELLO[1], True)
    assert kernel.slots.read(everything) is None


def test_loopback_packet_is_read_once(kernel: Kernel) -> None:
    kernel.put(b"sent" * 15, kind=socket.PACKET_OUTGOING, hardware=LOOPBACK)
    kernel.put(b"come" * 15, hardware=LOOPBACK)
    caught = kernel.slots.read(nothing)
    assert caught is not None
    assert caught.frame.data == b"come" * 15
