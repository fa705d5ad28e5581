"""asyncio: the replies are read by a callback of the loop."""

import asyncio
import os
import random
import socket
import sys
import time

host, count = sys.argv[1], int(sys.argv[2])
size = int(sys.argv[3]) if sys.argv[3:] else 56
identifier = random.randrange(1, 65536)


def checksum(data):
    total = 0
    for place in range(0, len(data), 2):
        total += int.from_bytes(data[place : place + 2].ljust(2, b"\0"), "big")
    while total >> 16:
        total = (total & 65535) + (total >> 16)
    return total ^ 65535


def echo(number):
    rest = identifier.to_bytes(2, "big") + number.to_bytes(2, "big") + os.urandom(size)
    return b"\x08\0" + checksum(b"\x08\0\0\0" + rest).to_bytes(2, "big") + rest


async def main(raw):
    loop = asyncio.get_running_loop()
    raw.setblocking(False)
    waiting = {}

    def read():
        packet, sender = raw.recvfrom(65535)
        came = time.perf_counter_ns()
        body = packet[4 * (packet[0] & 15) :]
        number = int.from_bytes(body[6:8], "big")
        if body[0] == 0 and body[4:6] == identifier.to_bytes(2, "big") and number in waiting:
            waiting.pop(number).set_result((sender[0], packet[8], len(body), came))

    loop.add_reader(raw, read)
    times = []
    for number in range(1, count + 1):
        waiting[number] = loop.create_future()
        begun = time.perf_counter_ns()
        raw.sendto(echo(number), (address, 0))
        try:
            sender, ttl, length, came = await asyncio.wait_for(waiting[number], 0.5)
        except (TimeoutError, asyncio.TimeoutError):
            waiting.pop(number, None)
            print(f"no answer: icmp_seq={number}")
            continue
        times.append((came - begun) / 1e6)
        print(f"{length} bytes from {sender}: icmp_seq={number} ttl={ttl} time={times[-1]:.2f} ms")
    print()
    loss = (1 - len(times) / count) * 100
    print(f"{count} packets transmitted, {len(times)} received, {loss:g}% packet loss")
    if times:
        mean = sum(times) / len(times)
        print(f"rtt min/avg/max = {min(times):.2f}/{mean:.2f}/{max(times):.2f} ms")
    return not times


address = socket.gethostbyname(host)
try:
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.getprotobyname("icmp"))
except OSError as problem:
    print("no CAP_NET_RAW here:", problem.strerror, file=sys.stderr)
    sys.exit(1)
sys.exit(asyncio.run(main(raw)))
