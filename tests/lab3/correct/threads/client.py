"""A thread receives and prints while the main one reads and sends."""

import os
import socket
import sys
import threading

conn = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    conn.connect((sys.argv[1], int(sys.argv[2])))
except ConnectionRefusedError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
is_over = threading.Event()
sent = printed = 0


def gone(why):
    print("server gone:", why, file=sys.stderr, flush=True)
    os._exit(1)


def receive():
    global printed
    data = b""
    while True:
        try:
            piece = conn.recv(1024)
        except OSError as error:
            gone(error)
        if not piece:
            if is_over.is_set() and printed == sent:
                return
            gone("end of stream")
        data += piece
        while b"\n" in data:
            answer, data = data.split(b"\n", 1)
            print(answer.decode(), flush=True)
            printed += 1


receiver = threading.Thread(target=receive, daemon=True)
receiver.start()
for line in sys.stdin:
    sent += 1
    try:
        conn.sendall((line.rstrip("\n") + "\n").encode())
    except OSError as error:
        gone(error)
is_over.set()
conn.shutdown(socket.SHUT_WR)
receiver.join()
conn.close()
