"""A thread receives while the main one sends; ends when both are done."""

import socket
import sys
import threading

received = []


def receive(conn):
    while True:
        data = conn.recv(1024)
        if not data:
            return
        received.append(data)


conn = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
conn.connect((sys.argv[1], int(sys.argv[2])))
receiver = threading.Thread(target=receive, args=(conn,))
receiver.start()
conn.sendall((sys.argv[3] if len(sys.argv) > 3 else "hello").encode() + b"\n")
receiver.join()
print("收到回复：", b"".join(received).decode(), sep="\n")
conn.close()
