"""Lab 9, the UDP client: sends each text as a datagram, prints the replies.

Usage: python3 udp_client.py HOST PORT TEXT...
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
texts = sys.argv[3:]

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.connect((host, port))  # sends nothing: from now on only this server is heard, errors too
client.settimeout(2)
try:
    for text in texts:
        client.send(f"{text}\n".encode())
        data = client.recv(65535)
        print(f"reply: {data.decode()}")
except OSError as error:  # nobody has the port, or no reply came in time
    sys.exit(f"{host} port {port}: {error}")

client.close()
