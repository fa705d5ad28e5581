"""A reading thread and a writing one, a queue between them."""

import os
import queue
import socket
import sys
import threading

host, port, folder, *names = sys.argv[1:]
connection = socket.create_connection((host, int(port)))
stream = connection.makefile("rwb", buffering=4096)
pieces = queue.Queue(8)
problems = []


def write(path):
    try:
        with open(path, "ab") as file:
            while piece := pieces.get():
                file.write(piece)
    except OSError as problem:
        problems.append(problem)
        while pieces.get():
            pass


for name in names:
    os.makedirs(f"{folder}/.d", exist_ok=True)
    half = f"{folder}/.d/{name}"
    try:
        have = os.path.getsize(half)
    except OSError:
        have = 0
    stream.write(f"{have} {name}\n".encode())
    stream.flush()
    head = stream.readline()
    try:
        left = int(head)
    except ValueError:
        problems.append(head.decode())
        continue
    writer = threading.Thread(target=write, args=(half,))
    writer.start()
    try:
        while left and (piece := stream.read1(min(left, 30_000))):
            pieces.put(piece)
            left -= len(piece)
    except OSError as problem:
        problems.append(problem)
    pieces.put(b"")
    writer.join()
    if left or any(isinstance(problem, OSError) for problem in problems):
        sys.exit(f"{left} bytes of {name} are missing {problems}")
    os.replace(half, f"{folder}/{name}")
    stream.write(b"ok\n")
    stream.flush()
for problem in problems:
    print("!", problem)
sys.exit(len(problems))
