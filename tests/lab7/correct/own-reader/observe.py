import ipaddress
import struct
import sys

data = memoryview(open(sys.argv[1], "rb").read())
place, packets = 24, []
while place < len(data):
    kept = int.from_bytes(data[place + 8 : place + 12], "little")
    packets.append(data[place + 16 + 14 : place + 16 + kept])
    place += 16 + kept

FIN, SYN, RST, ACK = 1, 2, 4, 16
ends = None
seqs = [None, None]
fins, seen, sizes = [], [set(), set()], [set(), set()]
again = reset = False
lines = {}
for packet in packets:
    if packet[9] != 6:
        continue
    words = packet[0] & 15
    total = int.from_bytes(packet[2:4], "big")
    tcp = packet[4 * words :]
    sport, dport, seq, ack, offset, flags = struct.unpack("!HHIIBB", tcp[:14])
    size = total - 4 * words - 4 * (offset >> 4)
    source = f"{ipaddress.ip_address(bytes(packet[12:16]))} port {sport}"
    target = f"{ipaddress.ip_address(bytes(packet[16:20]))} port {dport}"
    if ends is None and flags & (SYN | ACK) == SYN:
        ends = [source, target]
        lines["opened by"] = source
    if ends not in ([source, target], [target, source]):
        continue
    side = ends.index(source)
    if flags & SYN:
        lines.setdefault("SYN-ACK" if side else "SYN", f"seq {seq}" + f" ack {ack}" * side)
    elif side == 0 and flags & ACK:
        lines.setdefault("ACK", f"seq {seq} ack {ack}")
    carried = [(seq + each) & 0xFFFFFFFF for each in range(size)]
    marks = [mark for mark in (SYN, FIN) if flags & mark]
    again |= any(each in sizes[side] for each in carried) or any(m in seen[side] for m in marks)
    sizes[side].update(carried)
    seen[side].update(marks)
    if flags & FIN:
        fins.append(side)
    reset |= bool(flags & RST)

for name, value in lines.items():
    print(name, value, sep=": ")
print("bytes from client:", len(sizes[0]))
print("bytes from server:", len(sizes[1]))
print("closed first:", ["client", "server"][fins[0]] if fins else "-")
print("ended with:", "RST" if reset else "FIN" if {*fins} == {0, 1} else "-")
print("retransmitted:", "yes" if again else "no")
