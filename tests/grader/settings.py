"""What an agent is told at its start: whom programs run as, and how much they may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class User:
    """Whom a program runs as. `nice` and `oom_score_adj` keep it behind the agent.

    A program may lower its score to the agent's again: SYS_RESOURCE, to forbid that, would be one
    capability more. It can then have its whole host killed for memory, which is its own loss.
    """

    uid: int
    gid: int
    nice: int = 10
    oom_score_adj: int = 1000
    opens_raw_sockets: bool = False


# Per user, as in getrlimit(2), in a host with the usual limits; see limits_of().
LIMITS: Mapping[str, int] = {
    "NPROC": 64,
    "NOFILE": 1024,
    "FSIZE": 64 << 20,
    "CORE": 0,
    "MSGQUEUE": 0,
}

# All that a program can write to; /lab is first, the submission goes there.
FOLDERS = ("/lab", "/tmp", "/home/student", "/dev/shm")  # noqa: S108 - the container's own

OUTPUT_BYTES = 1 << 20


def limits_of(*, pids_limit: int, largest_folder_bytes: int = 0) -> dict[str, int]:
    """Give the limits of a user in a host: half of its processes, any file that its disks hold.

    The other half is for the agent and the observer, when a fork bomb has taken the first.
    """
    size_bytes = max(LIMITS["FSIZE"], largest_folder_bytes)
    return {**LIMITS, "NPROC": pids_limit // 2, "FSIZE": size_bytes}


@dataclass(frozen=True)
class Settings:
    """Two users share the student's group: `student` runs the submission, `observer` looks.

    The observer is one uid further. What a submission does to all processes of its user, such as
    filling up their number or killing them, does not reach the commands a check looks with.
    """

    student_uid: int
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    folders: tuple[str, ...] = FOLDERS
    output_bytes: int = OUTPUT_BYTES
    student_opens_raw_sockets: bool = False
    first: str = ""  # a shell script that root runs before there is any program

    @property
    def users(self) -> dict[str, User]:
        """Both users by name."""
        uid = self.student_uid
        return {
            "student": User(uid=uid, gid=uid, opens_raw_sockets=self.student_opens_raw_sockets),
            "observer": User(uid=uid + 1, gid=uid, nice=0, oom_score_adj=500),
        }

    def as_fields(self) -> dict[str, object]:
        """Give the fields of the agent's `hello`."""
        return {
            "users": {name: vars(user) for name, user in self.users.items()},
            "limits": dict(self.limits),
            "folders": list(self.folders),
            "output_bytes": self.output_bytes,
            "first": self.first,
        }
