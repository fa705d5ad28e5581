"""Lab 1, the server: answers one line with its length.

Usage: python3 server.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

connection, address = listener.accept()  # waits for a client
print(f"connected: {address}")
connection.settimeout(60)  # gives up on a client that stays silent

text = ""
while "\n" not in text:
    piece = connection.recv(65536)
    if not piece:
        break
    text += piece.decode()
data = text.encode()

if b"\n" in data:
    line = data.split(b"\n")[0].rstrip(b"\r")
    print(f"received: {line[:60].decode(errors='replace')}")
    reply = f"{len(line)} bytes: ".encode() + line + b"\n"  # len() of bytes counts bytes
    connection.sendall(reply)  # send() may take only a part

connection.close()
listener.close()
