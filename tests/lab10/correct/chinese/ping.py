"""用类写的 ping，多打印一些中文。"""

import os
import select
import socket
import struct
import sys
import time


class Ping:
    def __init__(self, host, size=56):
        self.host = host
        self.size = size
        self.ident = (os.getpid() ^ 0x5A5A) & 0xFFFF
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)

    @staticmethod
    def checksum(data):
        if len(data) & 1:
            data = data + b"\x00"
        s = sum(data[0::2]) * 256 + sum(data[1::2])
        s = (s >> 16) + (s & 0xFFFF)
        s += s >> 16
        return ~s & 0xFFFF

    def once(self, seq):
        head = struct.pack(">BBHHH", 8, 0, 0, self.ident, seq)
        body = bytes([seq & 0xFF]) * self.size
        head = struct.pack(">BBHHH", 8, 0, self.checksum(head + body), self.ident, seq)
        start = time.perf_counter()
        self.sock.sendto(head + body, (self.host, 0))
        while True:
            left = start + 0.5 - time.perf_counter()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                return None
            data, addr = self.sock.recvfrom(2048)
            used = (time.perf_counter() - start) * 1000
            offset = (data[0] & 0x0F) << 2
            kind, _code, _sum, ident, number = struct.unpack_from(">BBHHH", data, offset)
            if kind == 0 and ident == self.ident and number == seq:
                return len(data) - offset, addr[0], data[8], used


def main():
    host, count = sys.argv[1], int(sys.argv[2])
    try:
        ping = Ping(host, *map(int, sys.argv[3:]))
    except PermissionError:
        print("需要 CAP_NET_RAW 才能打开原始套接字", file=sys.stderr)
        return 1
    print(f"正在 ping {host}")
    used = []
    for seq in range(1, count + 1):
        got = ping.once(seq)
        if got:
            used.append(got[3])
            print(f"{got[0]} bytes from {got[1]}: icmp_seq={seq} ttl={got[2]} time={got[3]:.1f} ms")
        else:
            print(f"no answer: icmp_seq={seq}")
    lost = round((count - len(used)) * 100 / count)
    print(f"{count} packets transmitted, {len(used)} received, {lost}% packet loss")
    if used:
        average = sum(used) / len(used)
        print(f"rtt min/avg/max = {min(used):.3f}/{average:.3f}/{max(used):.3f} ms")
    return 0 if used else 1


sys.exit(main())
