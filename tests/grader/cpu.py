"""How much of a CPU a host's programs use: a program that waits uses none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.host import Host

TICKS_PER_S = 100  # USER_HZ, the unit of times in proc(5), is 100 on all that Docker runs on
# Fields of /proc/PID/stat after the name: time in user and kernel mode, its own and that of its
# ended children.
TIMES = slice(11, 15)


@dataclass(frozen=True)
class CpuReading:
    """CPU seconds that the student's processes have used up to `at_s`, of our monotonic clock."""

    used_s: float
    at_s: float

    def used_since(self, earlier: CpuReading) -> float:
        """CPU seconds between two readings."""
        return max(0.0, self.used_s - earlier.used_s)

    def share_since(self, earlier: CpuReading) -> float:
        """Tell how much of one CPU was used between two readings: 1.0 is all of it."""
        return self.used_since(earlier) / max(self.at_s - earlier.at_s, 1 / TICKS_PER_S)


def read_cpu(host: Host) -> CpuReading:
    """Read now. What a process used that has ended and was nobody's child is not counted."""
    at_s = time.monotonic()
    paths = [f"/proc/{process.pid}/stat" for process in host.processes()]
    if not paths:
        return CpuReading(0.0, at_s)
    told = host.run("cat", *paths, cwd="/", user="observer").stdout
    return CpuReading(sum(cpu_s(line) for line in told.decode(errors="replace").splitlines()), at_s)


def cpu_s(stat: str) -> float:
    """Read /proc/PID/stat; a name in it may hold anything but a line end."""
    times = stat.rpartition(")")[2].split()[TIMES]
    return sum(int(ticks) for ticks in times) / TICKS_PER_S
