"""How busy a host's programs are: one that waits in a call is not, one that spins always is."""

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
    """Seconds that the student's processes were busy up to `at_s`, of our monotonic clock.

    A program is busy while it runs, or would run if the CPU were free: so a program that spins is
    seen on a machine that has much else to do, where it gets little of the CPU.
    """

    busy_s: float
    at_s: float

    def busy_since(self, earlier: CpuReading) -> float:
        """Seconds of being busy between two readings."""
        return max(0.0, self.busy_s - earlier.busy_s)

    def share_since(self, earlier: CpuReading) -> float:
        """Tell how much of the time between two readings was busy: a thread that spins makes 1."""
        return self.busy_since(earlier) / max(self.at_s - earlier.at_s, 1 / TICKS_PER_S)


def read_cpu(host: Host) -> CpuReading:
    """Read now. What a process was busy that has ended and was nobody's child is not counted."""
    at_s = time.monotonic()
    pids = [process.pid for process in host.processes()]
    if not pids:
        return CpuReading(0.0, at_s)
    files = " ".join(f"/proc/{pid}/stat /proc/{pid}/task/*/schedstat" for pid in pids)
    told = host.run("sh", "-c", f"cat {files}", cwd="/", user="observer").stdout
    return CpuReading(busy_s(told.decode(errors="replace").splitlines()), at_s)


def busy_s(lines: list[str]) -> float:
    """Read /proc/PID/stat and, where the kernel has it, each thread's schedstat.

    A line of schedstat is the time on the CPU and the time of waiting for it, in ns, and a count:
    the kernel's Documentation/scheduler/sched-stats.rst.
    """
    used_s = delayed_s = 0.0
    for line in lines:
        _, name_end, fields = line.rpartition(")")
        if name_end:
            used_s += sum(int(ticks) for ticks in fields.split()[TIMES]) / TICKS_PER_S
        else:
            delayed_s += sum(int(ns) for ns in fields.split()[:2]) / 1e9
    return max(used_s, delayed_s)
