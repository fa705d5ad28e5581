"""Lab 9, the receiver: stores a file that comes over UDP, block after block.

Usage: python3 receive_file.py HOST PORT FILE
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
path = sys.argv[3]

BLOCK_BYTES = 512
GIVES_UP_S = 5  # when the sender is silent in the middle
STAYS_S = 1  # for a sender that has not heard the last ACK

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind((host, port))
print(f"waiting for a file on {host} port {port}", flush=True)

sender = None
expected = 1
is_whole = False
with open(path, "wb", buffering=0) as file:  # what is acknowledged is in the file
    while True:
        try:
            packet, address = receiver.recvfrom(2048)
        except TimeoutError:
            break
        number, data = int.from_bytes(packet[1:5], "big"), packet[5:]
        if packet[:1] != b"D":
            continue
        if number == expected and not is_whole:
            sender = address
            file.write(data)
            expected += 1
            is_whole = len(data) < BLOCK_BYTES
            receiver.settimeout(STAYS_S if is_whole else GIVES_UP_S)
        if number < expected:  # also what is here already: its ACK was lost
            receiver.sendto(b"A" + packet[1:5], address)
    print(f"{path}: {file.tell()} bytes")
if not is_whole:
    sys.exit(f"{path}: the sender is gone")
