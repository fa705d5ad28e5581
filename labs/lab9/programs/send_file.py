"""Lab 9, the sender: sends a file over UDP, block after block.

Usage: python3 send_file.py HOST PORT FILE
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
path = sys.argv[3]

BLOCK_BYTES = 512


def send_block(number, data):
    sender.sendto(b"D" + number.to_bytes(4, "big") + data, (host, port))
    sender.recvfrom(2048)  # the receiver has it


sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
number = 0
with open(path, "rb") as source:
    data = bytes(BLOCK_BYTES)
    while len(data) == BLOCK_BYTES:  # a shorter block is the last
        data = source.read(BLOCK_BYTES)
        number += 1
        send_block(number, data)
print(f"{path}: {number} blocks")
