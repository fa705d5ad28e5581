"""Lab 9, the UDP client: sends each text as a datagram, prints the replies.

Usage: python3 udp_client.py HOST PORT TEXT...
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
texts = sys.argv[3:]

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(2)
try:
    server = socket.gethostbyname(host), port
    for text in texts:
        client.sendto(text.encode(), server)
        data, address = client.recvfrom(65535)
        while address != server:
            data, address = client.recvfrom(65535)
        print(f"reply: {data.decode()}")
except OSError as error:  # nobody has the port, or no reply came in time
    sys.exit(f"{host} port {port}: {error}")

client.close()
