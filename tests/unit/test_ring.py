"""The ring's memory: slots that the kernel has filled, read once each and given back."""

import random
import socket

import pytest

from unit.filled_ring import LOOPBACK, Kernel
from unit.segments import HELLO
from wire import ring
from wire.ring import (
    FRAME_AT,
    RING_BYTES,
    SLOT_BYTES,
    SLOTS,
    TOGETHER,
    TP_STATUS_LOSING,
    TP_STATUS_USER,
    Columns,
    Ring,
)


class Nothing:
    """Sees enough of no frame."""

    def skim(self, memory: memoryview, at: int) -> bool:
        return False

    def skim_all(self, columns: Columns) -> int:
        return 0


class Everything(Nothing):
    """Sees enough of each frame, one by one."""

    def skim(self, memory: memoryview, at: int) -> bool:
        return True


class Together(Everything):
    """Sees enough of frames together as well, and remembers the first byte of each."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.together = 0

    def skim(self, memory: memoryview, at: int) -> bool:
        self.seen.append(memory[at])
        return True

    def skim_all(self, columns: Columns) -> int:
        """Take all of them, or those before the first that begins with a zero."""
        first = columns.numbers(0, "B")
        number = first.index(0) if 0 in first else len(first)
        self.seen += first[:number]
        self.together += 1
        return number


nothing, everything = Nothing(), Everything()


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

    class Flood(Everything):
        def skim(self, memory: memoryview, at: int) -> bool:
            kernel.put(HELLO[0])
            return True

    assert kernel.slots.read(Flood()) is None


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


@pytest.mark.parametrize("seed", range(20))
def test_frames_seen_together_are_all_of_them_in_their_order(kernel: Kernel, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    together = Together()
    sent: list[int] = []
    for _ in range(12):
        batch = [dice.randrange(256) for _ in range(dice.randrange(4 * TOGETHER))]
        for first in batch:
            kernel.put(bytes([first]) * 60)
        sent += batch
        assert kernel.slots.read(together) is None
    assert together.seen == sent
    assert together.together > 3
    assert not any(kernel.memory.cast("I")[:: SLOT_BYTES // 4])


def test_a_loss_is_not_passed_over_together(kernel: Kernel) -> None:
    for number in range(2 * TOGETHER):
        lost = TP_STATUS_LOSING if number == 7 else 0
        kernel.put(bytes([number % 256]) * 60, status=TP_STATUS_USER | lost)
    caught = kernel.slots.read(Together())
    assert caught is not None
    assert (caught.frame.data[0], caught.after_loss) == (7, True)


def test_fields_are_numbers_in_network_byte_order(kernel: Kernel) -> None:
    for number in range(3):
        kernel.put(bytes([number, *range(1, 60)]))
    columns = Columns(kernel.memory[: 3 * SLOT_BYTES])
    assert columns.numbers(0, "B") == [0, 1, 2]
    assert columns.numbers(2, "H") == [0x0203] * 3
    assert columns.numbers(2, "I") != columns.numbers(26, "I") == [0x1A1B1C1D] * 3
    assert columns.numbers(30, "Q") == [0x1E1F202122232425] * 3
    assert columns.count_only(0, b"\2\1\0") == 3
    assert columns.count_only(0, b"\1\0") == 2
    assert columns.count_only(0, b"\1\2") == 0
