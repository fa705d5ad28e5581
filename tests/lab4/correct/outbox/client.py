"""The receiving thread ends the whole process; the main one reads the keyboard by input()."""

import os
import socket
import sys
import threading

sock = socket.socket()
sock.connect((sys.argv[1], int(sys.argv[2])))
sock.sendall(f"{sys.argv[3]}\n".encode())


def receive():
    with sock.makefile(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            print(f"\r{line}", end="", flush=True)
    print("the server has closed")
    os._exit(0)


receiver = threading.Thread(target=receive)
receiver.start()
while True:
    try:
        text = input()
    except EOFError:
        break
    sock.sendall(text.encode() + b"\n")
sock.shutdown(socket.SHUT_WR)
receiver.join()
