"""How busy a host's programs are: one that waits in a call is not, one that spins always is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.host import Host

TICKS_PER_S = 100  # USER_HZ, the unit of times in proc(5), is 100 on all that Docker runs on
SPINNING = 0.6  # of the time: one that spins is busy always, one that waits in a call never
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
    is_runnable: bool = False  # right now

    def busy_since(self, earlier: CpuReading) -> float:
        """Seconds of being busy between two readings."""
        return max(0.0, self.busy_s - earlier.busy_s)

    def share_since(self, earlier: CpuReading) -> float:
        """Tell how much of the time between two readings was busy: a thread that spins makes 1."""
        return self.busy_since(earlier) / max(self.at_s - earlier.at_s, 1 / TICKS_PER_S)


def read_cpu(host: Host) -> CpuReading:
    """Read now. What a process was busy that has ended and was nobody's child is not counted."""
    at_s = time.monotonic()
    processes = host.processes()
    if not processes:
        return CpuReading(0.0, at_s)
    files = " ".join(f"/proc/{p.pid}/stat /proc/{p.pid}/task/*/schedstat" for p in processes)
    told = host.run("sh", "-c", f"cat {files}", cwd="/", user="observer").stdout
    return CpuReading(
        busy_s(told.decode(errors="replace").splitlines()),
        at_s,
        is_runnable=any(process.state == "R" for process in processes),
    )


def spins(host: Host, *, window_s: float = 0.5, longest_s: float = 3.0) -> bool:
    """Watch a host for a while: do its programs keep a CPU busy nearly all the time?

    What waits for the CPU is counted when it gets it. So who is about to run is watched longer.
    """
    before = read_cpu(host)
    now = before

    def is_decided() -> bool:
        nonlocal now
        now = read_cpu(host)
        is_long = now.at_s - before.at_s >= window_s
        return is_long and (not now.is_runnable or now.share_since(before) > SPINNING)

    host.steps.deadline.wait_until(is_decided, longest_s, poll_s=window_s / 2)
    return now.share_since(before) > SPINNING


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
