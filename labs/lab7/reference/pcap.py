"""Lab 7, captures: reads the TCP segments out of a pcap file. There is nothing to mend in here.

A pcap file is a header of 24 bytes, then for each packet 16 bytes, with its time and its size,
and the frame: 14 bytes of Ethernet, then IPv4, then TCP.
"""

import socket
import struct
from typing import NamedTuple

FLAGS = {0x01: "FIN", 0x02: "SYN", 0x04: "RST", 0x08: "PSH", 0x10: "ACK"}


class Segment(NamedTuple):
    """A TCP segment; source and target are written as ADDRESS port PORT."""

    time: float  # seconds since 1970
    source: str
    target: str
    flags: set[str]
    seq: int  # as in the header: 0 to 2**32 - 1
    ack: int
    length: int  # bytes of data; SYN and FIN are not data


def read_segments(path: str) -> list[Segment]:
    """Give the TCP segments of a file, in its order; all else in it is left out."""
    with open(path, "rb") as capture:
        content = capture.read()
    if content[:4] != b"\xd4\xc3\xb2\xa1":  # 0xA1B2C3D4, the least significant byte first
        raise ValueError(f"{path} is not a pcap file that the wire has saved")
    segments = []
    at = 24
    while at < len(content):
        seconds, microseconds, kept, _ = struct.unpack_from("<IIII", content, at)
        frame = content[at + 16 : at + 16 + kept]
        at += 16 + kept
        if frame[12:14] == b"\x08\x00" and frame[23] == socket.IPPROTO_TCP:  # IPv4 with TCP in it
            segments.append(read_segment(frame[14:], seconds + microseconds / 1_000_000))
    return segments


def read_segment(packet: bytes, time: float) -> Segment:
    """Read the headers of an IPv4 packet; ! is the byte order of the network."""
    header_size = 4 * (packet[0] & 0x0F)  # both headers count their size in words of 4 bytes
    size = struct.unpack_from("!H", packet, 2)[0]  # the frame may be padded, or cut when saved
    source, target = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
    tcp = packet[header_size:]
    source_port, target_port, seq, ack, words, flags = struct.unpack_from("!HHIIBB", tcp)
    return Segment(
        time=time,
        source=f"{source} port {source_port}",
        target=f"{target} port {target_port}",
        flags={name for bit, name in FLAGS.items() if flags & bit},
        seq=seq,
        ack=ack,
        length=size - header_size - 4 * (words >> 4),
    )
