"""Connects to the sender; what others had sent before is told by its address."""

import select
import socket
import sys

host, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind((host, port))
sender, count, length = None, 0, 512
file = open(path, "wb")  # noqa: SIM115
while select.select([receiver], [], [], 1 if length < 512 else 10 if sender else None)[0]:
    try:
        packet, source = receiver.recvfrom(1024)
    except ConnectionRefusedError:  # the sender has ended
        continue
    number = int.from_bytes(packet[1:5], "big")
    if packet[:1] != b"D" or (sender and source != sender) or number > count + 1:
        continue
    if number == count + 1 and length == 512:
        if not sender:
            sender = source
            receiver.connect(sender)
        count, length = number, len(packet) - 5
        file.write(packet[5:])
        file.flush()
    receiver.send(b"A" + packet[1:5])
file.close()
sys.exit(length == 512)
