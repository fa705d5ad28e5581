"""Says ok and asks for the next file in one segment; reads the whole file at once."""

import os
import socket
import sys

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
folder, names = sys.argv[3], sys.argv[4:]
stream = connection.makefile("rb", buffering=1 << 16)
halves = os.path.join(folder, "unfinished files")
status, to_say = 0, b""

for name in names:
    os.makedirs(halves, exist_ok=True)
    half = os.path.join(halves, name)
    with open(half, "ab") as file:
        connection.sendall(to_say + f"{file.tell()} {name}\n".encode())
        to_say = b""
        answer = stream.readline().decode().strip()
        if answer.startswith("error"):
            print(answer, file=sys.stderr)
            status = 1
            continue
        left = int(answer)
        while left:
            data = stream.read(min(left, 65536))
            if not data:
                raise SystemExit("broken off")
            file.write(data)
            left -= len(data)
    os.rename(half, os.path.join(folder, name))
    to_say = b"ok\n"
    if name == names[-1]:
        connection.sendall(to_say)
connection.close()
raise SystemExit(status)
