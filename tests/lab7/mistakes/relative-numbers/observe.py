"""Lab 7, the observer: tells from a capture what happened on a connection.

Usage: python3 observe.py FILE
"""

import sys

from pcap import read_segments

segments = read_segments(sys.argv[1])
syn = next(each for each in segments if each.flags & {"SYN", "ACK"} == {"SYN"})
client, server = syn.source, syn.target
# A connection is its two ends; other segments are of another one.
segments = [each for each in segments if {each.source, each.target} == {client, server}]

print(f"opened by: {client}")
print("SYN: seq 0")
for name, source, flags in (("SYN-ACK", server, {"SYN", "ACK"}), ("ACK", client, {"ACK"})):
    found = [s for s in segments if s.source == source and s.flags & {"SYN", "ACK"} == flags]
    seq = 0 if name == "SYN-ACK" else 1
    print(f"{name}: seq {seq} ack 1" if found else f"{name}: -")

sent = {"client": set(), "server": set()}  # the numbers of bytes, and SYN and FIN
closed_first = "-"
ended_with = "-"
retransmitted = "no"
for segment in segments:
    side = "client" if segment.source == client else "server"
    numbers = {(segment.seq + n) % 2**32 for n in range(segment.length)}  # 0 follows 2**32 - 1
    carried = numbers | segment.flags & {"SYN", "FIN"}
    if carried & sent[side]:
        retransmitted = "yes"
    sent[side] |= carried
    if "FIN" in segment.flags and closed_first == "-":
        closed_first = side
    if "RST" in segment.flags:
        ended_with = "RST"
if ended_with == "-" and "FIN" in sent["client"] & sent["server"]:
    ended_with = "FIN"

print(f"bytes from client: {len(sent['client'] - {'SYN', 'FIN'})}")
print(f"bytes from server: {len(sent['server'] - {'SYN', 'FIN'})}")
print(f"closed first: {closed_first}")
print(f"ended with: {ended_with}")
print(f"retransmitted: {retransmitted}")
