"""All sockets of the container's network, from the kernel as ss(8) asks it."""

from __future__ import annotations

import binascii
import contextlib
import errno
import socket
import struct

# Of <linux/netlink.h>, <linux/sock_diag.h> and <linux/inet_diag.h>; see sock_diag(7).
NETLINK_SOCK_DIAG = 4
TCPDIAG_GETSOCK, SOCK_DIAG_BY_FAMILY = 18, 20
NLM_F_REQUEST, NLM_F_REQUEST_DUMP = 0x001, 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
ALL_STATES = 0xFFFFFFFF
LISTENING = 1 << 10  # TCP_LISTEN of <net/tcp_states.h>
HEADER = struct.Struct("=IHHII")
REQUEST = struct.Struct("=BBBxI48x")  # family, protocol, no extensions, states, any socket
REQUEST_TCP = struct.Struct("=4x48xI4x")  # struct inet_diag_req: IPv4 and IPv6 at once
# As REQUEST for one socket: its ports, its addresses, on any interface, and no cookie.
REQUEST_ONE = struct.Struct("!HH16s16s12s")
ANY_INTERFACE_NO_COOKIE = bytes(4) + b"\xff" * 8
MESSAGE_BYTES = 72  # struct inet_diag_msg

REPLY_BYTES = 65536
TABLE_BYTES = 4 << 20

FAMILIES = {"": socket.AF_INET, "6": socket.AF_INET6}


def dump_udp(family: int) -> bytes:
    """Give a struct inet_diag_msg for each socket; OSError on a kernel that cannot tell so."""
    return _ask(REQUEST.pack(family, socket.IPPROTO_UDP, 0, ALL_STATES), NLM_F_REQUEST_DUMP)


def dump_tcp(states: int) -> dict[int, bytearray]:
    """Give the same of TCP by family, of both in one walk through the kernel's table."""
    found = _ask(REQUEST_TCP.pack(states), NLM_F_REQUEST_DUMP, TCPDIAG_GETSOCK)
    by_family: dict[int, bytearray] = {family: bytearray() for family in FAMILIES.values()}
    for at in range(0, len(found), MESSAGE_BYTES):
        by_family[found[at]] += found[at : at + MESSAGE_BYTES]
    return by_family


def find(local: tuple[str, int], remote: tuple[str, int]) -> dict[str, dict[str, str]]:
    """Give one TCP connection by its ends, as tables() does; nothing where there is none.

    Raises OSError on a kernel that cannot tell one.

    What listens at `local` is given where the connection is gone. Takes no time: the kernel looks
    at one place of its table, where a dump goes through all of it.
    """
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    ends = [socket.inet_pton(family, address) for address, _ in (local, remote)]
    body = REQUEST.pack(family, socket.IPPROTO_TCP, 0, ALL_STATES)[: -REQUEST_ONE.size]
    body += REQUEST_ONE.pack(local[1], remote[1], *ends, ANY_INTERFACE_NO_COOKIE)
    try:
        found = _ask(body, NLM_F_REQUEST)
    except OSError as problem:
        if problem.errno != errno.ENOENT:
            raise
        return {"dumped": {}, "tabled": {}}
    # An IPv4 connection to a socket of IPv6 is told as the socket is.
    name = "tcp6" if found[0] == socket.AF_INET6 else "tcp"
    return {"dumped": {name: encoded(found)}, "tabled": {}}


def _ask(body: bytes, flags: int, kind: int = SOCK_DIAG_BY_FAMILY) -> bytes:
    found = bytearray()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as kernel:
        kernel.send(HEADER.pack(HEADER.size + len(body), kind, flags, 1, 0) + body)
        while True:
            reply, at = kernel.recv(REPLY_BYTES), 0
            while at < len(reply):
                size, told, *_ = HEADER.unpack_from(reply, at)
                start = at + HEADER.size
                if told == NLMSG_DONE:
                    return bytes(found)
                if told == NLMSG_ERROR:
                    raise OSError(-struct.unpack_from("=i", reply, start)[0], "sock_diag")
                found += reply[start : start + MESSAGE_BYTES]
                at += (size + 3) & ~3
            if flags == NLM_F_REQUEST:
                return bytes(found)


def tables(only: str | None = None) -> dict[str, dict[str, str]]:
    """Give by protocol what the kernel dumps; where it cannot, and for unix, a table of /proc/net.

    The answer to a request: {"dumped": {"tcp": base64, ...}, "tabled": {"unix": text, ...}}.

    Both tell the same of TCP and UDP, but /proc/net/tcp takes 5 ms and a dump 0.1 to 2 ms: for
    connections the kernel goes through a hash table as large as its memory. It does not for TCP
    sockets that listen, all that `only` "listening" asks for where dumps are there; "tcp" asks for
    all of TCP.
    """
    dumped: dict[str, str] = {}
    tabled: dict[str, str] = {}
    try:
        tcp = dump_tcp(LISTENING if only == "listening" else ALL_STATES)
    except OSError:
        tcp = {}  # the tables instead
    for digit, family in FAMILIES.items():
        if family in tcp:
            dumped["tcp" + digit] = encoded(tcp[family])
        else:
            _add_table(tabled, "tcp" + digit)
    if only:
        return {"dumped": dumped, "tabled": tabled}
    for digit, family in FAMILIES.items():
        try:
            dumped["udp" + digit] = encoded(dump_udp(family))
        except OSError:
            _add_table(tabled, "udp" + digit)
    tabled["unix"] = read_table("/proc/net/unix", TABLE_BYTES)
    return {"dumped": dumped, "tabled": tabled}


def _add_table(tabled: dict[str, str], name: str) -> None:
    with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6
        tabled[name] = read_table(f"/proc/net/{name}", TABLE_BYTES)


def encoded(data: bytes | bytearray) -> str:
    """Make bytes fit for JSON."""
    return binascii.b2a_base64(data, newline=False).decode()


def read_table(path: str, limit_bytes: int) -> str:
    """Read a file of /proc, which may be long."""
    with open(path, "rb") as table:  # noqa: PTH123 - pathlib is slow to import
        return table.read(limit_bytes).decode(errors="replace")
