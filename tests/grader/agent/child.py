"""How the agent gives up its rights: in a forked child that becomes a program, or for a moment."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
from collections.abc import Iterator, Mapping, Sequence


def become(
    argv: list[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    user: Mapping[str, int],
    limits: Mapping[str, int],
    pipes: Sequence[int],
) -> None:
    """Turn this forked child into the program; never returns.

    `user` has uid, gid, nice, oom_score_adj and opens_raw_sockets, `limits` names as in
    getrlimit(2) without RLIMIT_, `pipes` become descriptors 0, 1 and 2. What hinders it is said on
    the program's own stderr with the exit status a shell gives: 127 not found, 126 not to be run.
    The agent never waits for the exec, which another program of the same uid could hold up for
    ever with SIGSTOP.
    """
    status = 126
    try:
        for number, descriptor in enumerate(pipes):
            os.dup2(descriptor, number)
        drop_rights(user, limits)
        os.chdir(cwd)
        execute(argv, env)
    except OSError as problem:
        status = 127 if problem.errno == errno.ENOENT else 126
        os.write(2, f"{argv[0]}: {problem.strerror}\n".encode(errors="replace"))
    except Exception as problem:  # such as a NUL in an argument
        os.write(2, f"{argv[0]}: {problem}\n".encode(errors="replace"))
    finally:
        os._exit(status)


@contextlib.contextmanager
def acting_as(user: Mapping[str, int]) -> Iterator[None]:
    """Touch files as a user of whom no program runs, without a child; the agent must be root."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(user["gid"])
    os.seteuid(user["uid"])
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def execute(argv: list[str], env: Mapping[str, str]) -> None:
    """Exec a command as execvp(3) finds it; raises OSError.

    os.execvpe() does the same, but imports modules to do so: 1 ms in each child.
    """
    folders = [""] if "/" in argv[0] else [f"{folder}/" for folder in env["PATH"].split(":")]
    reason = errno.ENOENT
    for folder in folders:
        try:
            os.execve(folder + argv[0], argv, env)  # noqa: S606 - no shell is meant
        except OSError as problem:
            if problem.errno not in (errno.ENOENT, errno.ENOTDIR):
                reason = problem.errno or errno.ENOEXEC
    raise OSError(reason, os.strerror(reason))


def drop_rights(user: Mapping[str, int], limits: Mapping[str, int]) -> None:
    """Leave every right behind, in the order that still has the right for the next step.

    But for raw sockets, where `user` opens them.

    Limits come before the uid: from setuid(2) on the child belongs to the program's user, who may
    signal it. no_new_privs holds since the container was started, so no exec gains a capability
    from the bounding set, and SETPCAP to empty that set need not be granted.
    """
    os.setsid()
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
    os.write(score, b"%d" % user["oom_score_adj"])
    os.nice(user["nice"])
    for name, wanted in limits.items():
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (value, value))
    if user["opens_raw_sockets"]:
        from grader.agent import raw  # ctypes is imported for those who need it

        raw.keep()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(user["gid"], user["gid"], user["gid"])
        os.setresuid(user["uid"], user["uid"], user["uid"])
    if user["opens_raw_sockets"]:
        raw.take()
