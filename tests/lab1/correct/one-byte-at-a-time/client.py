"""Sends and receives single bytes."""

import socket
import sys

s = socket.socket()
s.connect((sys.argv[1], int(sys.argv[2])))
text = sys.argv[3] if len(sys.argv) > 3 else "hello"
for value in text.encode() + b"\n":
    s.send(bytes([value]))
reply = bytearray()
while byte := s.recv(1):
    reply += byte
print(len(reply), "bytes came:", reply.decode())
s.close()
