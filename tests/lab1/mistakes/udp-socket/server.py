"""Lab 1, the server: answers one line with its length.

Usage: python3 server.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
print(f"listening on {host} port {port}")

data, address = listener.recvfrom(65536)
print(f"connected: {address}")


if b"\n" in data:
    line = data.split(b"\n")[0].rstrip(b"\r")
    print(f"received: {line[:60].decode(errors='replace')}")
    reply = f"{len(line)} bytes: ".encode() + line + b"\n"  # len() of bytes counts bytes
    listener.sendto(reply, address)

listener.close()
