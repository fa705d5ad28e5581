"""Raw sockets for a program without any other right: CAP_NET_RAW, and a filter of what it opens.

The capability alone would also open packet sockets, which reach past the sandbox's routes, and
headers of the program's own with another's address as the source. A filter of system calls
(seccomp(2)) leaves what a ping needs. It holds for all that the program starts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

NET_RAW = 13  # capability.h
PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_CAP_AMBIENT = 8, 22, 47  # prctl.h
PR_CAP_AMBIENT_RAISE, SECCOMP_MODE_FILTER = 2, 2
CAPABILITY_VERSION = 0x20080522

# AUDIT_ARCH_* of audit.h, then the numbers of socket and setsockopt there.
MACHINES = {"x86_64": (0xC000003E, 41, 54), "aarch64": (0xC00000B7, 198, 208)}
IO_URING_SETUP = 425  # on every machine; what is asked of such a queue passes no filter
# x86_64 kernels take calls with this bit as those of another table; no number here has it.
X32_BIT = 0x40000000

FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; no AF_PACKET, no AF_XDP
SOCK_PACKET = 10  # of AF_INET, it is an old name of AF_PACKET
IPPROTO_RAW = 255  # implies IP_HDRINCL
# By level: IP_HDRINCL and IP_TRANSPARENT of ip(7), IPV6_HDRINCL and IPV6_TRANSPARENT of in6.h.
OPTIONS = {0: (3, 19), 41: (36, 75)}

# BPF: load a word, jump if equal or if a bit is set, and with a mask, return.
LOAD, EQUAL, ANY_BIT, MASK, RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
NUMBER, MACHINE = 0, 4  # in struct seccomp_data, as the arguments: 8 bytes each from 16 on
FAMILY, KIND, PROTOCOL = 16, 24, 32
LEVEL, OPTION = 24, 32
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
END_ALL = 0x80000000  # SECCOMP_RET_KILL_PROCESS

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def keep() -> None:
    """Keep capabilities over the next setuid(2). Raises OSError."""
    _prctl(PR_SET_KEEPCAPS, 1)


def take() -> None:
    """Have CAP_NET_RAW alone, also after exec(3), and the filter. Raises OSError.

    To be called by one that is not root, after keep(), with no_new_privs.
    """
    bit = 1 << NET_RAW
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    _check(_libc().capset(header, struct.pack("6I", bit, bit, bit, 0, 0, 0)))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, NET_RAW)
    code = b"".join(struct.pack("HBBI", *each) for each in program_of(os.uname().machine))
    kept = ctypes.create_string_buffer(code, len(code))
    _prctl(
        PR_SET_SECCOMP,
        SECCOMP_MODE_FILTER,
        struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(kept)),
    )


def program_of(machine: str) -> list[Instruction]:
    """Give the filter for a machine as uname(2) names it. Raises OSError for an unknown one."""
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no raw sockets on {machine}")
    architecture, socket, setsockopt = MACHINES[machine]
    options = [
        step
        for level, numbers in OPTIONS.items()
        for step in (
            (LOAD, 0, 0, LEVEL),
            (EQUAL, 0, 1 + 2 * len(numbers), level),
            (LOAD, 0, 0, OPTION),
            *_refuse_each(numbers),
        )
    ]
    kinds: list[Instruction] = [
        (LOAD, 0, 0, PROTOCOL),
        *_refuse_each((IPPROTO_RAW,)),
        (LOAD, 0, 0, KIND),
        (MASK, 0, 0, 0xF),  # above are SOCK_NONBLOCK and SOCK_CLOEXEC
        *_refuse_each((SOCK_PACKET,)),
        (LOAD, 0, 0, FAMILY),
        *((EQUAL, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    return [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, END_ALL),  # the numbers of another machine mean other calls
        (LOAD, 0, 0, NUMBER),
        (ANY_BIT, 0, 1, X32_BIT),
        (RETURN, 0, 0, END_ALL),
        *_refuse_each((IO_URING_SETUP,)),
        (EQUAL, 0, len(kinds), socket),
        *kinds,
        (EQUAL, 1, 0, setsockopt),
        (RETURN, 0, 0, ALLOW),
        *options,
        (RETURN, 0, 0, ALLOW),
    ]


def _refuse_each(numbers: tuple[int, ...]) -> list[Instruction]:
    return [step for number in numbers for step in ((EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE))]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(*arguments: int | bytes) -> None:
    words = [each if isinstance(each, bytes) else ctypes.c_ulong(each) for each in arguments]
    _check(_libc().prctl(*words, *[ctypes.c_ulong(0)] * (5 - len(words))))


def _check(status: int) -> None:
    if status:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
