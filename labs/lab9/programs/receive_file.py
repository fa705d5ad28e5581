"""Lab 9, the receiver: stores a file that comes over UDP, block after block.

Usage: python3 receive_file.py HOST PORT FILE
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
path = sys.argv[3]

BLOCK_BYTES = 512

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind((host, port))
print(f"waiting for a file on {host} port {port}", flush=True)

is_whole = False
with open(path, "wb", buffering=0) as file:  # what is acknowledged is in the file
    while not is_whole:
        packet, address = receiver.recvfrom(2048)
        data = packet[5:]
        file.write(data)
        is_whole = len(data) < BLOCK_BYTES
        receiver.sendto(b"A" + packet[1:5], address)
    print(f"{path}: {file.tell()} bytes")
