"""Lab 9, the UDP client: sends each text as a datagram, prints the replies.

Usage: python3 udp_client.py HOST PORT TEXT...
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
texts = sys.argv[3:]

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR of ip(7): tell errors, connected or not
client.settimeout(2)
try:
    for text in texts:
        client.sendto(text.encode(), (host, port))
        data = client.recv(65535)
        print(f"reply: {data.decode()}")
except OSError as error:  # nobody has the port, or no reply came in time
    sys.exit(f"{host} port {port}: {error}")

client.close()
