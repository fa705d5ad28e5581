"""What is done to the bytes of an IP packet. Pure."""

from wire.packet import Packet, decode

_ETHERNET = {4: bytes(12) + b"\x08\x00", 6: bytes(12) + b"\x86\xdd"}
_IPV6_HEADER_BYTES = 40


def damage(packet: bytes, where: float) -> bytes:
    """Return the packet with one bit turned over behind its IP header, at 0 its start, 1 its end.

    The checksum of TCP, UDP or ICMP no longer fits then, and the receiver throws it away.
    """
    start = _IPV6_HEADER_BYTES if version(packet) == 6 else 4 * (packet[0] & 0x0F)
    bits = 8 * (len(packet) - start)
    if bits <= 0:
        return packet
    at = min(int(where * bits), bits - 1)
    damaged = bytearray(packet)
    damaged[start + at // 8] ^= 0x80 >> at % 8
    return bytes(damaged)


def version(packet: bytes) -> int:
    """Return the version of IP, 4 or 6."""
    return packet[0] >> 4


def target(packet: bytes) -> bytes:
    """Return the address that an IP packet goes to, 4 or 16 bytes."""
    return packet[24:40] if version(packet) == 6 else packet[16:20]


def read(packet: bytes, *, time_s: float) -> Packet | None:
    """Decode an IP packet as if it had come in a frame."""
    header = _ETHERNET.get(version(packet)) if packet else None
    return None if header is None else decode(header + packet, time_s=time_s)
