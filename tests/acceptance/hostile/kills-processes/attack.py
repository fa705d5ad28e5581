"""Tries to end, stop, trace or rewrite each process it sees that is not its own child.

Prints each attempt that the kernel did not refuse with EPERM, EACCES or ESRCH.
"""

import ctypes
import errno
import os
import resource
import signal
import struct

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_SEIZE, SYS_TKILL = 16, 0x4206, 200
REFUSALS = {errno.EPERM, errno.EACCES, errno.ESRCH}
tried = 0


def attempt(name, action):
    global tried
    tried += 1
    try:
        action()
    except ValueError:  # so does Python's resource module say EPERM
        return
    except OSError as problem:
        if problem.errno in REFUSALS:
            return
        print(f"{name}: {errno.errorcode.get(problem.errno)}", flush=True)
    else:
        print(f"{name}: done", flush=True)


def call(function, *arguments):
    if getattr(libc, function)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), function)


def overwrite(path, text):
    with open(path, "wb", buffering=0) as file:
        file.write(text)


def overwrite_memory(pid):
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        memory.seek(0x400000)
        memory.write(b"x")


def copy_into(pid):
    data = ctypes.create_string_buffer(b"x" * 8)
    local = struct.pack("PN", ctypes.addressof(data), 8)
    call("process_vm_writev", pid, local, 1, struct.pack("PN", 0x400000, 8), 1, 0)


def take_descriptor(pid, number):
    process = os.pidfd_open(pid)
    taken = libc.syscall(438, process, number, 0)  # pidfd_getfd
    if taken < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    os.write(taken, b'{"id": 1, "answer": {}}\n')


def attack(pid):
    for name in ("SIGKILL", "SIGSTOP", "SIGTERM", "SIGINT", "SIGSEGV", "SIGCHLD", "SIGPIPE"):
        attempt(f"{name} to {pid}", lambda: os.kill(pid, getattr(signal, name)))
    attempt(f"group of {pid}", lambda: os.killpg(pid, signal.SIGKILL))
    attempt(f"thread {pid}", lambda: call("syscall", SYS_TKILL, pid, signal.SIGKILL))
    attempt(f"attach to {pid}", lambda: call("ptrace", PTRACE_ATTACH, pid, 0, 0))
    attempt(f"seize {pid}", lambda: call("ptrace", PTRACE_SEIZE, pid, 0, 0))
    attempt(f"memory of {pid}", lambda: overwrite_memory(pid))
    attempt(f"copy into {pid}", lambda: copy_into(pid))
    for number in (0, 1, 2):
        attempt(f"descriptor {number} of {pid}", lambda: overwrite(f"/proc/{pid}/fd/{number}", b"{}\n"))
        attempt(f"stolen descriptor {number} of {pid}", lambda: take_descriptor(pid, number))
    attempt(f"score of {pid}", lambda: overwrite(f"/proc/{pid}/oom_score_adj", b"1000"))
    attempt(f"limits of {pid}", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0)))
    attempt(f"processor of {pid}", lambda: os.sched_setaffinity(pid, {0}))
    attempt(f"priority of {pid}", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))


for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdecimal()):
    if pid not in (os.getpid(), os.getppid()) or pid == 1:
        attack(pid)
attempt("own score below the agent's", lambda: overwrite("/proc/self/oom_score_adj", b"-1000"))
attempt("more processes", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10000, 10000)))
attempt("root again", lambda: os.setuid(0))
attempt("another student", lambda: os.setuid(os.getuid() + 1))
attempt("own mounts", lambda: call("unshare", 0x00020000))
attempt("own user namespace", lambda: call("unshare", 0x10000000))
attempt("network of 1", lambda: call("setns", os.open("/proc/1/ns/net", os.O_RDONLY), 0))
attempt("frames", lambda: __import__("socket").socket(17, 3, 3))
attempt("everything", lambda: overwrite("/proc/sysrq-trigger", b"b"))
try:
    os.kill(-1, signal.SIGKILL)  # all it may: its own, if there are others
except ProcessLookupError:
    pass
print(f"tried {tried} times", flush=True)
