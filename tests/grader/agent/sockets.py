"""All sockets of the container's network, from the kernel as ss(8) asks it."""

from __future__ import annotations

import contextlib
import socket
import struct

# Of <linux/netlink.h>, <linux/sock_diag.h> and <linux/inet_diag.h>; see sock_diag(7).
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
ALL_STATES = 0xFFFFFFFF
LISTENING = 1 << 10  # TCP_LISTEN of <net/tcp_states.h>
HEADER = struct.Struct("=IHHII")
REQUEST = struct.Struct("=BBBxI48x")  # family, protocol, no extensions, states, any socket
MESSAGE_BYTES = 72  # struct inet_diag_msg

REPLY_BYTES = 65536
TABLE_BYTES = 4 << 20

PROTOCOLS = {
    "tcp": (socket.AF_INET, socket.IPPROTO_TCP),
    "tcp6": (socket.AF_INET6, socket.IPPROTO_TCP),
    "udp": (socket.AF_INET, socket.IPPROTO_UDP),
    "udp6": (socket.AF_INET6, socket.IPPROTO_UDP),
}


def dump(family: int, protocol: int, states: int = ALL_STATES) -> bytes:
    """Give a struct inet_diag_msg for each socket; OSError on a kernel that cannot tell so."""
    body = REQUEST.pack(family, protocol, 0, states)
    found = bytearray()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        kernel.send(
            HEADER.pack(HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0)
            + body
        )
        while True:
            reply, at = kernel.recv(REPLY_BYTES), 0
            while at < len(reply):
                size, kind, *_ = HEADER.unpack_from(reply, at)
                start = at + HEADER.size
                if kind == NLMSG_DONE:
                    return bytes(found)
                if kind == NLMSG_ERROR:
                    raise OSError(-struct.unpack_from("=i", reply, start)[0], "sock_diag")
                found += reply[start : start + MESSAGE_BYTES]
                at += (size + 3) & ~3


def tables(*, only_listening: bool = False) -> tuple[dict[str, bytes], dict[str, str]]:
    """Give by protocol what dump() gives; where it cannot, and for unix, the table in /proc/net.

    Both tell the same of TCP and UDP, but /proc/net/tcp takes 5 ms and a dump 0.2 to 3 ms: for
    connections the kernel goes through a hash table as large as its memory. It does not for TCP
    sockets that listen, which are all that `only_listening` asks for, where dumps are there.
    """
    dumped: dict[str, bytes] = {}
    tabled: dict[str, str] = {}
    states = LISTENING if only_listening else ALL_STATES
    for name, (family, protocol) in PROTOCOLS.items():
        if only_listening and protocol != socket.IPPROTO_TCP:
            continue
        try:
            dumped[name] = dump(family, protocol, states)
        except OSError:
            with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6
                tabled[name] = read_table(f"/proc/net/{name}", TABLE_BYTES)
    if not only_listening:
        tabled["unix"] = read_table("/proc/net/unix", TABLE_BYTES)
    return dumped, tabled


def read_table(path: str, limit_bytes: int) -> str:
    """Read a file of /proc, which may be long."""
    with open(path, "rb") as table:  # noqa: PTH123 - pathlib is slow to import
        return table.read(limit_bytes).decode(errors="replace")
