"""Lab 9, the UDP client: sends each text as a datagram, prints the replies.

Usage: python3 udp_client.py HOST PORT TEXT...
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
texts = sys.argv[3:]

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for text in texts:
    client.sendto(text.encode(), (host, port))
    data, address = client.recvfrom(2048)
    print(f"reply: {data.decode()}")

client.close()
