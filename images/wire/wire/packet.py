"""Decode a frame into a segment, a datagram or an echo. Pure: bytes in, dataclasses out."""

import ipaddress
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache
from typing import Any, NamedTuple

from dpkt import ethernet, icmp, icmp6, ip, ip6, tcp, udp

# Docker's resolver inside every container; its traffic is not the lab's.
RESOLVER = "127.0.0.11"

_UDP_HEADER_BYTES = 8  # RFC 768
_ECHO_HEADER_BYTES = 8  # RFC 792 and RFC 4443


class Endpoint(NamedTuple):
    """One end of a conversation; the port of an echo is 0."""

    address: str
    port: int


class Flags(IntFlag):
    """TCP control bits, RFC 9293 section 3.1."""

    FIN = 0x01
    SYN = 0x02
    RST = 0x04
    PSH = 0x08
    ACK = 0x10
    URG = 0x20
    ECE = 0x40
    CWR = 0x80


@dataclass(frozen=True)
class Segment:
    """A TCP segment, RFC 9293.

    `sequence` and `acknowledgement` are the 32-bit numbers of the header, `window` is not scaled.
    `length` is the payload that passed, in bytes; `payload` is as much of it as was captured.
    `identification` is the one of the IPv4 header; IPv6 has none. `window_scale` is the shift that
    a SYN offers, RFC 7323; None where it has no such option, and without SYN.
    """

    time_s: float
    source: Endpoint
    target: Endpoint
    flags: Flags
    sequence: int
    acknowledgement: int
    window: int
    length: int
    payload: bytes
    identification: int | None = None
    window_scale: int | None = None

    def has(self, flag: Flags) -> bool:
        """Whether the control bit is set."""
        return int.__and__(self.flags, flag) != 0  # `in` takes ten times as long

    @property
    def is_truncated(self) -> bool:
        """Whether less payload was captured than passed."""
        return len(self.payload) < self.length

    @property
    def occupied(self) -> int:
        """How many sequence numbers it takes: its payload, and one each for SYN and FIN."""
        return self.length + self.has(Flags.SYN) + self.has(Flags.FIN)


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram; `length` and `payload` as for a segment."""

    time_s: float
    source: Endpoint
    target: Endpoint
    length: int
    payload: bytes


@dataclass(frozen=True)
class Echo:
    """An ICMP or ICMPv6 echo message, which is what ping sends and gets back."""

    time_s: float
    source: Endpoint
    target: Endpoint
    is_reply: bool
    identifier: int
    sequence: int
    length: int


Packet = Segment | Datagram | Echo


def decode(data: bytes, *, time_s: float) -> Packet | None:
    """Decode an Ethernet frame, which may be cut short.

    None for everything that is not a segment, a datagram or an echo, for later fragments, and for
    a frame that is garbage or was cut inside its headers. Never raises.
    """
    try:
        return _decode(data, time_s)
    # dpkt meets garbage with errors of many kinds (IndexError, struct.error, TypeError, ...).
    except Exception:
        return None


def is_background(packet: Packet) -> bool:
    """Whether no program of the lab meant it: multicast, broadcast, Docker's own resolver."""
    addresses = (packet.source.address, packet.target.address)
    if RESOLVER in addresses or "255.255.255.255" in addresses:
        return True
    return _is_multicast(packet.target.address)


@lru_cache
def _is_multicast(address: str) -> bool:
    return ipaddress.ip_address(address).is_multicast


@lru_cache
def _address(packed: bytes) -> str:
    return str(ipaddress.ip_address(packed))


def _decode(data: bytes, time_s: float) -> Packet | None:
    internet = ethernet.Ethernet(data).data
    if not isinstance(internet, ip.IP | ip6.IP6):
        return None
    source, target = (_address(each) for each in (internet.src, internet.dst))
    inner = internet.data
    if isinstance(inner, tcp.TCP):
        length = max(0, _size_bytes(internet) - 4 * inner.off)
        return Segment(
            time_s,
            Endpoint(source, inner.sport),
            Endpoint(target, inner.dport),
            Flags(inner.flags & 0xFF),
            inner.seq,
            inner.ack,
            inner.win,
            length,
            bytes(inner.data),
            identification=internet.id if isinstance(internet, ip.IP) else None,
            window_scale=_window_scale(inner) if inner.flags & Flags.SYN else None,
        )
    if isinstance(inner, udp.UDP):
        length = max(0, inner.ulen - _UDP_HEADER_BYTES)
        return Datagram(
            time_s,
            Endpoint(source, inner.sport),
            Endpoint(target, inner.dport),
            length,
            bytes(inner.data)[:length],
        )
    if isinstance(inner, icmp.ICMP | icmp6.ICMP6) and hasattr(inner, "echo"):
        return Echo(
            time_s,
            Endpoint(source, 0),
            Endpoint(target, 0),
            is_reply=inner.type in (icmp.ICMP_ECHOREPLY, icmp6.ICMP6_ECHO_REPLY),
            identifier=inner.echo.id,
            sequence=inner.echo.seq,
            length=max(0, _size_bytes(internet) - _ECHO_HEADER_BYTES),
        )
    return None


def _window_scale(header: tcp.TCP) -> int | None:
    for kind, value in tcp.parse_opts(header.opts):
        if kind == tcp.TCP_OPT_WSCALE and len(value) == 1:
            return min(int(value[0]), 14)  # RFC 7323 section 2.3
    return None


def _size_bytes(internet: Any) -> int:
    """Return what the IP header says of the size of its payload, which may be cut in `data`."""
    if isinstance(internet, ip.IP):
        size = internet.len - 4 * internet.hl
    else:
        size = internet.plen - sum(each.length for each in internet.all_extension_headers)
    # Zero in the header means that offload has joined segments to more than the field can say.
    return int(size) if size > 0 else len(internet.data)
