"""What the kernel tells of processes and sockets: proc(5), sock_diag(7). Pure: it only reads."""

from __future__ import annotations

import ipaddress
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

# enum in the kernel's include/net/tcp_states.h, in the words of ss(8).
TCP_STATES = {
    1: "ESTAB",
    2: "SYN-SENT",
    3: "SYN-RECV",
    4: "FIN-WAIT-1",
    5: "FIN-WAIT-2",
    6: "TIME-WAIT",
    7: "UNCONN",
    8: "CLOSE-WAIT",
    9: "LAST-ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "SYN-RECV",
}
# struct inet_diag_msg: state, both ports and addresses in network order, both queues; the rest
# (family, timer, retransmits, interface, cookie, expires, uid, inode) is skipped.
DIAGNOSIS = struct.Struct("=xB2x2s2s16s16s16xII8x")
LISTENS, TIME_WAIT = "LISTEN", "TIME-WAIT"
LISTENING_FLAG = 0x10000  # __SO_ACCEPTCON, the only flag /proc/net/unix shows
UNIX_CONNECTED = 3  # SS_CONNECTED of include/uapi/linux/net.h


@dataclass(frozen=True)
class Process:
    """A process: `state` is one letter of ps(1), `argv` what it was started with, cut at 4 KiB."""

    pid: int
    parent: int
    uid: int
    state: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class SocketState:
    """A socket in the words of ss(8).

    `protocol` is tcp, tcp6, udp, udp6 or unix. A unix socket has its path as the address of
    `local`, and port 0. The queues of a listening TCP socket are connections instead: those not
    yet accepted, and how many of them there may be.
    """

    protocol: str
    local: tuple[str, int]
    remote: tuple[str, int]
    state: str
    receive_queue_bytes: int = 0
    send_queue_bytes: int = 0


def read_process(status: str, arguments: str) -> Process:
    """Read /proc/PID/status and /proc/PID/cmdline."""
    fields = dict(re.findall(r"^(\w+):\t(.*)$", status, re.MULTILINE))
    return Process(
        pid=int(fields["Pid"]),
        parent=int(fields["PPid"]),
        uid=int(fields["Uid"].split()[0]),
        state=fields["State"][0],
        argv=tuple(arguments.rstrip("\0").split("\0")) if arguments else (),
    )


def read_sockets(protocol: str, table: str) -> Iterator[SocketState]:
    """Read /proc/net/{tcp,tcp6,udp,udp6,unix}; a last line cut short is left out."""
    read = _read_unix if protocol == "unix" else _read_inet
    for line in table[: table.rfind("\n") + 1].splitlines()[1:]:
        yield read(protocol, line)


def read_dump(protocol: str, dump: bytes) -> Iterator[SocketState]:
    """Read one struct inet_diag_msg of <linux/inet_diag.h> for each socket."""
    size = 4 if protocol in ("tcp", "udp") else 16
    for found in DIAGNOSIS.iter_unpack(dump):
        state, local_port, remote_port, local, remote, receive, send = found
        yield SocketState(
            protocol,
            (_address(local[:size]), int.from_bytes(local_port)),
            (_address(remote[:size]), int.from_bytes(remote_port)),
            TCP_STATES[state],
            receive_queue_bytes=receive,
            send_queue_bytes=send,
        )


def _read_inet(protocol: str, line: str) -> SocketState:
    _, local, remote, state, queues, *_ = line.split()
    send, receive = (int(each, 16) for each in queues.split(":"))
    return SocketState(
        protocol,
        _endpoint(local),
        _endpoint(remote),
        TCP_STATES[int(state, 16)],
        receive_queue_bytes=receive,
        send_queue_bytes=send,
    )


def _read_unix(protocol: str, line: str) -> SocketState:
    _, _, _, flags, _, state, _, *path = line.split(maxsplit=7)
    listens = int(flags, 16) & LISTENING_FLAG
    words = LISTENS if listens else "ESTAB" if int(state, 16) == UNIX_CONNECTED else "UNCONN"
    return SocketState(protocol, (path[0] if path else "", 0), ("", 0), words)


def _endpoint(text: str) -> tuple[str, int]:
    """Read ADDRESS:PORT in hex; an address is 32-bit words in this machine's byte order."""
    address, port = text.split(":")
    words = bytes.fromhex(address)
    if sys.byteorder == "little":
        words = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
    return _address(words), int(port, 16)


def _address(packed: bytes) -> str:
    """Write an address as ss(8) does, an IPv4 one in IPv6 as ::ffff:10.0.0.4."""
    address = ipaddress.ip_address(packed)
    mapped = getattr(address, "ipv4_mapped", None)
    return f"::ffff:{mapped}" if mapped else str(address)
