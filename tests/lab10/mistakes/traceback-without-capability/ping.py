"""Lab 10, ping on a raw socket: sends COUNT echo requests with SIZE bytes of data each.

Usage: python3 ping.py HOST COUNT [SIZE]
"""

import os
import socket
import struct
import sys
import time

ECHO_REPLY, ECHO_REQUEST = 0, 8  # RFC 792
PATIENCE_S = 0.5

host = sys.argv[1]
count = int(sys.argv[2])
size = int(sys.argv[3]) if len(sys.argv) > 3 else 56


def checksum_of(message):
    """The one's complement of the one's complement sum of all 16-bit words, RFC 1071."""
    if len(message) % 2:
        message += b"\0"  # it is counted, not sent
    total = sum(struct.unpack(f"!{len(message) // 2}H", message))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)  # the carry is added at the other end
    return ~total & 0xFFFF


def request(identifier, sequence):
    """An echo request: type, code, checksum, identifier, sequence, data."""
    data = bytes(i % 256 for i in range(size))
    header = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, identifier, sequence)
    checksum = checksum_of(header + data)
    return struct.pack("!BBHHH", ECHO_REQUEST, 0, checksum, identifier, sequence) + data


def read_reply(packet):
    """What an IPv4 packet with an ICMP message holds: type, identifier, sequence, TTL, length."""
    header_length = (packet[0] & 0xF) * 4  # IP comes first, and may have options
    message = packet[header_length:]
    if len(message) < 8:
        return None, 0, 0, 0, 0
    kind, _, _, identifier, sequence = struct.unpack("!BBHHH", message[:8])
    return kind, identifier, sequence, packet[8], len(message)


def wait_for_reply(raw, wanted, deadline):
    """The reply's sender, TTL, length and time of arrival; None if it does not come in time."""
    while (rest := deadline - time.monotonic()) > 0:  # others' messages do not prolong it
        raw.settimeout(rest)
        try:
            packet, sender = raw.recvfrom(65536)
        except TimeoutError:
            return None
        arrived = time.monotonic()
        kind, identifier, sequence, ttl, length = read_reply(packet)
        # The kernel gives every raw socket every ICMP message: other programs' too, and late ones.
        if (kind, identifier, sequence) == (ECHO_REPLY, *wanted):
            return sender[0], ttl, length, arrived
    return None


try:
    address = socket.gethostbyname(host)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
except socket.gaierror as error:
    sys.exit(f"{host}: {error}")

identifier = os.getpid() & 0xFFFF  # tells this program's replies from another's
times_ms = []
for sequence in range(1, count + 1):
    sent = time.monotonic()
    raw.sendto(request(identifier, sequence), (address, 0))
    reply = wait_for_reply(raw, (identifier, sequence), sent + PATIENCE_S)
    if reply is None:
        print(f"no answer: icmp_seq={sequence}")
        continue
    sender, ttl, length, arrived = reply
    times_ms.append((arrived - sent) * 1000)
    print(f"{length} bytes from {sender}: icmp_seq={sequence} ttl={ttl} time={times_ms[-1]:.3f} ms")

lost = 100 * (count - len(times_ms)) / count
print(f"{count} packets transmitted, {len(times_ms)} received, {lost:.0f}% packet loss")
if times_ms:
    average = sum(times_ms) / len(times_ms)
    print(f"rtt min/avg/max = {min(times_ms):.3f}/{average:.3f}/{max(times_ms):.3f} ms")
sys.exit(0 if times_ms else 1)
