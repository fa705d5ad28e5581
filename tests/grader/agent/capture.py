"""Captures in the agent: packet sockets whose frames are told as they come."""

from __future__ import annotations

import binascii
import selectors
import time
from collections.abc import Callable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

FRAMES_PER_PASS = 64
ETH_P_EXPERIMENTAL = 0x88B5  # ETH_P_802_EX1 of <linux/if_ether.h>


class Capture:
    """An open packet socket, and how many bytes of frames may still be told."""

    def __init__(self, packets: socket.socket, allowance: int) -> None:
        self.packets = packets
        self.allowance = allowance
        self.over_limit = 0


class Captures:
    """All captures of this container."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        tell: Callable[[Mapping[str, object]], None],
    ) -> None:
        self.selector = selector
        self.tell = tell
        self.by_number: dict[int, Capture] = {}

    def start(self, number: int, *, interface: str, allowance: int) -> None:
        """Capture from now on. Raises OSError without NET_RAW or without that interface."""
        from wire.capture import open_capture  # few checks capture: the others need not wait

        packets = open_capture(interface)
        packets.setblocking(False)
        self.by_number[number] = Capture(packets, allowance)
        self.selector.register(packets, selectors.EVENT_READ, lambda: self._read(number))

    def end(self, number: int) -> dict[str, int]:
        """Stop, after telling what has come so far; give how many frames were not told."""
        from wire.capture import count_missed

        # Bound to a protocol nobody speaks, so that no flood keeps it from becoming empty.
        capture = self.by_number[number]
        capture.packets.bind((capture.packets.getsockname()[0], ETH_P_EXPERIMENTAL))
        while self._read(number):
            pass
        del self.by_number[number]
        missed = count_missed(capture.packets)
        self.selector.unregister(capture.packets)
        capture.packets.close()
        return {"over_limit": capture.over_limit, "missed": missed}

    def end_all(self) -> None:
        """Stop every capture."""
        for number in list(self.by_number):
            self.end(number)

    def _read(self, number: int) -> bool:
        """Tell up to FRAMES_PER_PASS frames; tell whether there may be more."""
        from wire.capture import read_frame

        capture = self.by_number[number]
        # The kernel stamps with the wall clock; all else is told in monotonic time.
        offset_s = time.monotonic() - time.time()
        for _ in range(FRAMES_PER_PASS):
            try:
                frame = read_frame(capture.packets)
            except BlockingIOError:
                return False
            if len(frame.data) > capture.allowance:
                capture.over_limit += 1
                continue
            capture.allowance -= len(frame.data)
            self.tell(
                {
                    "event": "frame",
                    "capture": number,
                    "data": binascii.b2a_base64(frame.data, newline=False).decode(),
                    "length": frame.original_length,
                    "at": frame.time_s + offset_s,
                }
            )
        return True
