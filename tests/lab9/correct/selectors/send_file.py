"""Waits with select(); an old ACK begins the wait anew."""

import select
import socket
import sys

host, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
receiver = socket.gethostbyname(host), port
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def is_acknowledged(number):
    while select.select([sender], [], [], 0.1)[0]:
        packet, source = sender.recvfrom(64)
        if source == receiver and packet == b"A" + number:
            return True
    return False


with open(path, "rb") as source:
    for count in range(1, 1 << 32):
        data = source.read(512)
        number = count.to_bytes(4, "big")
        tries = 0
        while True:
            sender.sendto(b"D" + number + data, receiver)
            tries += 1
            if is_acknowledged(number):
                break
            if tries > 20:
                print("gave up", file=sys.stderr)
                sys.exit(3)
        if len(data) < 512:
            break
