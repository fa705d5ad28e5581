"""What watching costs: 1 GiB from the client to the server with the wire, against without it."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from measure.comparison import Comparison
from measure.up import GREETING, LAB, START_S, command, compose

LIMIT = 1.1
MEMORY_LIMIT_MB = 100
ROUNDS = 27
SIZE_BYTES = 2**30
PORT = 9000
CLOSED = "connection closed"
TRANSFER_LIMIT_S = 120

# Both ends are quicker than any program of a lab, so that nothing hides what the wire takes.
RECEIVE = f"""
import socket
listener = socket.create_server(("0.0.0.0", {PORT}))
buffer = bytearray(2**18)
while True:
    connection, _ = listener.accept()
    while connection.recv_into(buffer):
        pass
    connection.close()
"""
SEND = f"""
import socket, time
connection = socket.create_connection(("server", {PORT}))
piece = bytes(2**18)
started_s = time.perf_counter()
for _ in range({SIZE_BYTES} // len(piece)):
    connection.sendall(piece)
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
print(time.perf_counter() - started_s)
"""


@dataclass(frozen=True)
class Watching:
    """Times with and without the wire, and what it took and told meanwhile."""

    times: Comparison
    memory_mb: float
    missed: int
    lines: int

    @property
    def is_within_limit(self) -> bool:
        """Do we keep both promises?"""
        return self.times.is_within_limit and self.memory_mb < MEMORY_LIMIT_MB

    def table(self) -> Table:
        """Return the times, with the rest below them."""
        drawn = self.times.table()
        drawn.caption = (
            f"the wire: at most {self.memory_mb:.0f} MB (limit {MEMORY_LIMIT_MB}), "
            f"{self.lines:,} lines, {self.missed:,} packets missed and said"
        )
        return drawn


def measure(root: Path, rounds: int) -> Watching:
    """Send the same in turn with the wire running and stopped, in the same two containers."""
    file = root / "compose.yaml"
    pairs = []
    try:
        compose(file, "up", "-d", "lab1")
        compose(file, "exec", "-d", "lab1-server", "python3", "-c", RECEIVE)
        send(file)  # warms caches
        wait_for(CLOSED, 1, file)
        for number in range(rounds):
            compose(file, "restart", "lab1")
            wait_for(GREETING, number + 2, file)
            watched_s = send(file)
            wait_for(CLOSED, number + 2, file)
            memory_mb = peak_memory_mb(file)
            compose(file, "stop", "lab1")
            pairs.append((watched_s, send(file), memory_mb))
        log = run(file, "logs", "--no-log-prefix", "lab1")
    finally:
        compose(file, "down", "--volumes", "--timeout", "0")
    missed = re.findall(r"([\d,]+) packets are missing", log)
    return Watching(
        times=Comparison(
            ours="1 GiB from client to server, watched",
            ours_s=[watched_s for watched_s, _, _ in pairs],
            bare_s={"the same without the wire": [bare_s for _, bare_s, _ in pairs]},
            limit=LIMIT,
        ),
        memory_mb=max(memory_mb for _, _, memory_mb in pairs),
        missed=sum(int(count.replace(",", "")) for count in missed),
        lines=len(re.findall(r" #\d+ ", log)),
    )


def wait_for(words: str, times: int, file: Path) -> None:
    """Return once the wire has said this so often: it watches, or has shown all that it saw."""
    deadline_s = time.monotonic() + START_S
    while run(file, "logs", "--no-log-prefix", "lab1").count(words) < times:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"the wire did not say in {START_S} s: {words}")
        time.sleep(0.1)


def send(file: Path) -> float:
    """Send it once; return the seconds by the client's clock."""
    return float(run(file, "exec", "-T", "lab1-client", "python3", "-c", SEND))


def peak_memory_mb(file: Path) -> float:
    """Return the most memory that the wire's process has had so far."""
    status = run(file, "exec", "-T", "lab1", "sh", "-c", "cat /proc/[0-9]*/status")
    return max(int(kib) for kib in re.findall(r"VmHWM:\s+(\d+) kB", status)) / 1000


def run(file: Path, *arguments: str) -> str:
    """Run docker compose; return what it printed."""
    done = subprocess.run(
        command(file, *arguments),
        check=True,
        capture_output=True,
        text=True,
        timeout=TRANSFER_LIMIT_S,
        env=os.environ | LAB,
    )
    return done.stdout
