"""Start, stop and look at the daemon, and run the commands of rules.py: the package's edge."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wire.impair import netem, rules
from wire.impair.daemon import run_detached
from wire.impair.plan import Plan

# A tmpfs in the lab's compose.yaml; everything else in the container is read-only.
FOLDER = Path("/run/impair")
PID, COUNTS, PLAN = FOLDER / "pid", FOLDER / "counts.json", FOLDER / "plan.json"

LEGACY_TABLES = (Path("/proc/net/ip_tables_names"), Path("/proc/net/ip6_tables_names"))

# For tests: "netem" does without the queue, as on a kernel that has none; "statistic" without both.
ONLY = "IMPAIR_BY"

STOP_LIMIT_S = 2.0
CAP_NET_ADMIN = 12  # <linux/capability.h>


class ImpairError(Exception):
    """It cannot be done here: `key` is for the table of words, `reason` is the system's own."""

    def __init__(self, key: str, reason: str = "") -> None:
        super().__init__(key, reason)
        self.key = key
        self.reason = reason


@dataclass(frozen=True)
class Applied:
    """How a plan took effect: by our queue, or by the kernel's `netem` or `statistic`."""

    by: str


@dataclass(frozen=True)
class State:
    """What applies now: the plan's words, its seed, and counts by sender if there are any."""

    words: str
    seed: int
    counts: dict[str, dict[str, int]]


def apply(plan: Plan, *, interface: str) -> Applied:
    """Let the plan take effect instead of the one before.

    Raises ImpairError; nothing applies then.
    """
    _need_permission()
    clear(interface=interface)
    reason = "left out"
    try:
        only = os.environ.get(ONLY)
        if only not in ("netem", "statistic"):
            reason = _apply_by_queue(plan, interface)
            if not reason:
                return _note(plan, by="queue")
        if only != "statistic":
            without = _run_all(netem.install(plan, interface=interface))
            if not without:
                return _note(plan, by="netem")
            _undo_netem(interface)
            reason = f"{reason}; netem: {without}"
        if not rules.needs_no_queue(plan):
            raise ImpairError("impair-no-queue", reason)
        reason = _install(
            lambda tool: rules.install_statistic(tool, plan, interface=interface), interface
        )
        if reason:
            raise ImpairError("impair-no-rules", reason)
        return _note(plan, by="statistic")
    except OSError as error:
        clear(interface=interface)
        raise ImpairError("impair-no-folder", str(error)) from error
    except ImpairError:
        clear(interface=interface)
        raise


def clear(*, interface: str) -> None:
    """Take everything back; raises ImpairError without the permission."""
    _need_permission()
    for tools in rules.TOOLS:
        for tool in tools:
            _undo(tool, interface)
    if netem.is_ours(_shown_by(netem.look(interface=interface))):
        _undo_netem(interface)
    _stop_daemon()
    for path in (PID, COUNTS, PLAN):
        path.unlink(missing_ok=True)


def state() -> State | None:
    """Return what applies now; None: nothing does."""
    try:
        noted: dict[str, Any] = json.loads(PLAN.read_text())
        counts: dict[str, dict[str, int]] = {}
        if noted["by"] == "queue":
            counts = json.loads(COUNTS.read_text())
    except (OSError, ValueError):
        return None
    if noted["by"] == "queue" and _running_pid() is None:
        return None
    return State(noted["words"], noted["seed"], counts)


def _note(plan: Plan, *, by: str) -> Applied:
    noted = {"words": plan.words(), "seed": plan.seed, "by": by}
    FOLDER.mkdir(parents=True, exist_ok=True)
    PLAN.write_text(json.dumps(noted))
    return Applied(by)


def _apply_by_queue(plan: Plan, interface: str) -> str:
    """Return nothing, or why it cannot be done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    reason = run_detached(plan, counts=COUNTS, pid_file=PID)
    if not reason:
        reason = _install(lambda tool: rules.install_queue(tool, interface=interface), interface)
        if reason:
            _stop_daemon()
    return reason


def _install(commands: Callable[[str], list[list[str]]], interface: str) -> str:
    """Install rules by the first pair of tools that can; return nothing, or why none can."""
    reasons = []
    for tool, tool6 in rules.TOOLS:
        reason = _run_all(commands(tool))
        if not reason:
            if _run_all(commands(tool6)):  # a kernel without IPv6 has nothing to impair there
                _undo(tool6, interface)
            return ""
        reasons.append(reason)
        _undo(tool, interface)
    return "; ".join(reasons)


def _need_permission() -> None:
    status = Path("/proc/self/status").read_text()
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    if not int(effective, 16) >> CAP_NET_ADMIN & 1:
        raise ImpairError("impair-no-permission")


def _run_all(commands: list[list[str]]) -> str:
    """Run commands until one fails; return what that one said, or nothing."""
    for command in commands:
        reason = _run(command)
        if reason:
            return reason
    return ""


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    return "" if done.returncode == 0 else done.stderr.strip() or f"{command[0]} failed"


def _undo(tool: str, interface: str) -> None:
    # Only to look would bring the older kind of tables into being.
    names = LEGACY_TABLES[tool.startswith("ip6")]
    if "legacy" in tool and not (names.exists() and "mangle" in names.read_text().split()):
        return
    if _run(rules.look(tool)):
        return
    for command in rules.remove(tool, interface=interface):
        _run(command)


def _undo_netem(interface: str) -> None:
    for command in netem.remove(interface=interface):
        _run(command)


def _shown_by(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:  # without tc there is nothing of ours
        return ""


def _running_pid() -> int | None:
    """Return the daemon's process id if it lives."""
    try:
        pid = int(PID.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"impair" in command else None


def _stop_daemon() -> None:
    pid = _running_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    deadline_s = time.monotonic() + STOP_LIMIT_S
    while _running_pid() is not None:
        if time.monotonic() > deadline_s:
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.01)
