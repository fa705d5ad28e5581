"""A connected raw socket, on which the kernel leaves only echo replies of that host."""

import os
import socket
import struct
import sys
from time import monotonic

SOL_RAW, ICMP_FILTER = 255, 1  # raw(7): a set bit filters that type out


def summed(data):
    words = memoryview(data + b"\0" * (len(data) % 2)).cast("H")
    total = sum(words)
    while total > 0xFFFF:
        total = total % 0x10000 + total // 0x10000
    return struct.pack("=H", total ^ 0xFFFF)  # in this machine's order, as the words


def main(host, count, size="56"):
    try:
        ping = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    except PermissionError as error:
        sys.stderr.write(f"{error} (CAP_NET_RAW)\n")
        raise SystemExit(1) from None
    ping.setsockopt(SOL_RAW, ICMP_FILTER, struct.pack("=I", 0xFFFFFFFE))
    ping.connect((host, 0))
    count, me, times = int(count), os.getpid() % 65536, []
    for number in range(1, count + 1):
        rest = struct.pack("!HH", me, number) + b"z" * int(size)
        begun = monotonic()
        ping.send(b"\x08\x00" + summed(b"\x08\x00\x00\x00" + rest) + rest)
        while True:
            ping.settimeout(max(0.001, begun + 0.5 - monotonic()))
            try:
                packet = ping.recv(65535)
            except socket.timeout:
                print(f"no answer: icmp_seq={number}", flush=True)
                break
            now = monotonic()
            reply = packet[(packet[0] & 15) * 4 :]
            if struct.unpack("!HH", reply[4:8]) == (me, number):
                times += [(now - begun) * 1e3]
                source = socket.inet_ntoa(packet[12:16])
                print(
                    f"{len(reply)} bytes from {source}: icmp_seq={number}"
                    f" ttl={packet[8]} time={times[-1]:.3f} ms"
                )
                break
            if now > begun + 0.5:
                print(f"no answer: icmp_seq={number}", flush=True)
                break
    print("---")
    lost = 100 - 100 * len(times) / count
    print(f"{count} packets transmitted, {len(times)} received, {lost:.4f}% packet loss")
    if not times:
        raise SystemExit(1)
    mean = sum(times) / len(times)
    print(f"rtt min/avg/max = {min(times):.3f}/{mean:.3f}/{max(times):.3f} ms")


main(*sys.argv[1:])
