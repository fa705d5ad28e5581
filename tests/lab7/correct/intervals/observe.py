import sys
from collections import namedtuple

import pcap

Stream = namedtuple("Stream", "isn ranges")


def relative(number, isn):
    return (number - isn) & 0xFFFFFFFF


def total(ranges):
    size, end = 0, 0
    for low, high in sorted(ranges):
        size += max(0, high - max(low, end))
        end = max(end, high)
    return size


def overlaps(ranges, low, high):
    return any(low < other_high and other_low < high for other_low, other_high in ranges)


def main(path):
    client = server = None
    streams, report, fins = {}, {}, []
    report["retransmitted"], report["ended with"] = "no", "-"
    for segment in pcap.read_segments(path):
        if client is None:
            if segment.flags == {"SYN"}:
                client, server = segment.source, segment.target
                report["opened by"] = client
            else:
                continue
        if (segment.source, segment.target) not in ((client, server), (server, client)):
            continue
        streams.setdefault(segment.source, Stream(segment.seq, []))
        isn, ranges = streams[segment.source]
        low = relative(segment.seq, isn)
        high = low + segment.length + ("SYN" in segment.flags) + ("FIN" in segment.flags)
        if high > low:
            if overlaps(ranges, low, high):
                report["retransmitted"] = "yes"
            ranges.append((low, high))
        numbers = f"seq {segment.seq} ack {segment.ack}"
        if segment.flags == {"SYN"}:
            report.setdefault("SYN", f"seq {segment.seq}")
        elif "SYN" in segment.flags:
            report.setdefault("SYN-ACK", numbers)
        elif segment.source == client and "ACK" in segment.flags:
            report.setdefault("ACK", numbers)
        if "FIN" in segment.flags and segment.source not in fins:
            fins.append(segment.source)
        if "RST" in segment.flags:
            report["ended with"] = "RST"
    sides = {client: "client", server: "server"}
    for end, side in sides.items():
        size = total(streams[end].ranges) if end in streams else 0
        report[f"bytes from {side}"] = size - (end in streams) - (end in fins)
    report["closed first"] = sides[fins[0]] if fins else "-"
    if len(fins) == 2 and report["ended with"] == "-":
        report["ended with"] = "FIN"
    for name, value in sorted(report.items()):
        print(f"{name}: {value}")


main(sys.argv[1])
