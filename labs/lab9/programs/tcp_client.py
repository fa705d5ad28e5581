"""Lab 9, the TCP client: sends each text as a line, prints the replies.

Usage: python3 tcp_client.py HOST PORT TEXT...
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
texts = sys.argv[3:]

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, port))
replies = client.makefile("rb")
for text in texts:
    client.sendall(f"{text}\n".encode())
    print(f"reply: {replies.readline().decode()}", end="")

client.close()
