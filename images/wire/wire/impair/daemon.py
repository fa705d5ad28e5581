"""Carry packets from the kernel's queue back into the network, each with its fate.

The only module that reads the queue (Debian's python3-netfilterqueue), and that sends copies. Needs
the capabilities NET_ADMIN, and NET_RAW for copies. Facts: netfilter_queue, raw(7), socket(7).
"""

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from wire.impair import rules
from wire.impair.fates import Teller
from wire.impair.lane import Departure, Lane
from wire.impair.packets import damage, target, version
from wire.impair.plan import Plan
from wire.note import Note

# Packets that wait at once; what is more is lost, as in any router. netfilter allows up to 65,531.
HELD_LIMIT = 20_000
SOCKET_BYTES = 4 * 1024 * 1024

# The packet came in from the network; everything else is about to leave.
_LOCAL_IN = 1

WRITE_EVERY_S = 0.2


class Daemon:
    """Serves one plan until SIGTERM."""

    def __init__(self, plan: Plan, *, counts: Path) -> None:
        self._lanes: dict[str, Lane[Any]] = {
            sender: Lane(effects, seed=f"{plan.seed} {sender}")
            for sender, effects in (("client", plan.client), ("server", plan.server))
        }
        self._counts = counts
        self._written = ""
        self._is_over = False
        self._teller = Teller()
        self._senders: dict[int, socket.socket] = {}

    def serve(self, ready: Callable[[], None]) -> None:
        """Take packets until told to stop; calls `ready` once none can be missed.

        Raises OSError where the kernel has no queue for us.
        """
        # Only here: tests and the commands that start this need it not.
        from netfilterqueue import NetfilterQueue

        signal.signal(signal.SIGTERM, self._stop)
        queue = NetfilterQueue()
        queue.bind(rules.QUEUE, self._take, max_len=HELD_LIMIT, sock_len=SOCKET_BYTES)
        try:
            self._write_counts()
            ready()
            written_s = time.monotonic()
            while not self._is_over:
                select.select([queue.get_fd()], [], [], self._pause_s())
                queue.run(block=False)
                now_s = time.monotonic()
                self._let_go(now_s)
                if now_s - written_s > WRITE_EVERY_S:
                    self._write_counts()
                    written_s = now_s
            self._let_go(float("inf"))
        finally:
            queue.unbind()

    def _take(self, packet: Any) -> None:
        is_arriving = packet.hook == _LOCAL_IN
        lane, now_s = self._lanes["client" if is_arriving else "server"], time.monotonic()
        if is_arriving:
            packet.retain()  # its bytes are wanted after this call
            if not lane.arrive(packet, size_bytes=packet.get_payload_len(), now_s=now_s):
                self._teller.tell(packet.get_payload(), Note.LOST)
                packet.drop()
        else:
            # What is held back here still counts as in the sender's queue, and TCP sends no more
            # than two segments at a time into that. So the original goes, and a copy waits.
            data = packet.get_payload()
            packet.drop()
            if not lane.arrive(data, size_bytes=len(data), now_s=now_s):
                self._teller.tell(data, Note.LOST)
        self._let_go(now_s)

    def _let_go(self, now_s: float) -> None:
        for lane in self._lanes.values():
            for departure in lane.due(now_s):
                self._send(departure)

    def _send(self, departure: Departure[Any]) -> None:
        item = departure.item
        is_arriving = not isinstance(item, bytes)
        data = item.get_payload() if is_arriving else item
        if departure.damage is not None:
            self._teller.tell(data, Note.DAMAGED)
            data = damage(data, departure.damage)
        if departure.is_copy or not is_arriving:
            self._send_copy(data)
            return
        if departure.damage is not None:
            item.set_payload(data)
        item.accept()

    def _send_copy(self, packet: bytes) -> None:
        kind = version(packet)
        if kind not in self._senders:
            family = socket.AF_INET6 if kind == 6 else socket.AF_INET
            sender = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, int(rules.MARK, 16))
            self._senders[kind] = sender
        address = socket.inet_ntop(self._senders[kind].family, target(packet))
        try:
            self._senders[kind].sendto(packet, (address, 0))
        except OSError:  # the host is gone, or there is no room: the copy is lost
            return

    def _pause_s(self) -> float:
        times_s = [each for lane in self._lanes.values() if (each := lane.next_due_s) is not None]
        now_s = time.monotonic()
        return max(0.0, min([*(each - now_s for each in times_s), WRITE_EVERY_S]))

    def _write_counts(self) -> None:
        text = json.dumps({sender: asdict(lane.counts) for sender, lane in self._lanes.items()})
        if text == self._written:
            return
        new = self._counts.with_suffix(".new")
        new.write_text(text)
        new.replace(self._counts)
        self._written = text

    def _stop(self, _number: int, _frame: object) -> None:
        self._is_over = True


def run_detached(plan: Plan, *, counts: Path, pid_file: Path) -> str:
    """Start a daemon that outlives this process; return "" once it takes packets, else why not.

    Its process id is in `pid_file` then.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        _serve_and_exit(plan, counts, pid_file, writer)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as answer:
        said = answer.read()
    return "" if said == "ready" else said or "the daemon ended"


def _serve_and_exit(plan: Plan, counts: Path, pid_file: Path, writer: int) -> NoReturn:
    def ready() -> None:
        pid_file.write_text(str(os.getpid()))
        os.write(writer, b"ready")
        os.close(writer)

    status = 1
    try:
        os.chdir("/")
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):  # or `docker compose exec` would wait for them
            os.dup2(nowhere, number)
        Daemon(plan, counts=counts).serve(ready)
        status = 0
    except (OSError, ImportError) as error:
        os.write(writer, str(error).encode())
    finally:
        os._exit(status)
