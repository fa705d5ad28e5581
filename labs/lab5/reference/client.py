"""Lab 5, the client: fetches files from the server into a folder.

Usage: python3 client.py HOST PORT FOLDER NAME...
"""

import os
import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
folder = sys.argv[3]
names = sys.argv[4:]

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
stream = connection.makefile("rb")
buffer = memoryview(bytearray(2**22))  # one for all: to make a new one each time takes longer

parts = os.path.join(folder, ".parts")  # what has no end yet
os.makedirs(parts, exist_ok=True)
status = 0
for name in names:
    part = os.path.join(parts, name)
    size = os.path.getsize(part) if os.path.exists(part) else 0  # of an earlier run
    connection.sendall(f"{size} {name}\n".encode())

    answer = stream.readline().decode()
    if not answer.strip().isdigit():
        print(f"{name}: {answer or 'the connection ended'}", file=sys.stderr)
        status = 1
        continue

    rest = int(answer)
    with open(part, "ab") as file:
        while rest > 0 and (count := stream.readinto1(buffer[:rest])):
            file.write(buffer[:count])
            rest -= count
    if rest > 0:
        sys.exit(f"{name}: the connection ended, {rest} bytes are missing")
    os.replace(part, os.path.join(folder, name))  # at once: never half a file under this name
    connection.sendall(b"ok\n")
    print(f"{name}: {os.path.getsize(os.path.join(folder, name))} bytes")

connection.close()
sys.exit(status)
