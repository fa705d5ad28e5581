"""Lab 9, the sender: sends a file over UDP, block after block.

Usage: python3 send_file.py HOST PORT FILE
"""

import socket
import sys
import time

host = sys.argv[1]
port = int(sys.argv[2])
path = sys.argv[3]

BLOCK_BYTES = 512
WAIT_S = 0.1
TRIES = 20


def send_block(number, data):
    global sent
    for _ in range(TRIES):
        sender.send(b"D" + number.to_bytes(4, "big") + data)
        sent += 1
        end = time.monotonic() + WAIT_S
        while (rest := end - time.monotonic()) > 0:
            sender.settimeout(rest)
            try:
                packet = sender.recv(2048)
            except TimeoutError:
                break
            if packet == b"A" + number.to_bytes(4, "big"):
                return
            sender.send(b"D" + number.to_bytes(4, "big") + data)
    sys.exit(f"block {number}: no ACK after {TRIES} tries")


sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.connect((host, port))  # a stranger's datagrams are dropped
number = sent = 0
try:
    with open(path, "rb") as source:
        data = bytes(BLOCK_BYTES)
        while len(data) == BLOCK_BYTES:  # a shorter block is the last
            data = source.read(BLOCK_BYTES)
            number += 1
            send_block(number, data)
except OSError as error:  # no such file, or nobody has the port
    sys.exit(str(error))
print(f"{path}: {number} blocks, {sent - number} sent again")
