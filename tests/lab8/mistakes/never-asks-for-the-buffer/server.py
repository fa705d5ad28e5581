"""Lab 8, the server: sleeps, then reads all that a client has sent and says how much it was.

Usage: python3 server.py HOST PORT SECONDS BACKLOG [RCVBUF]
"""

import fcntl
import socket
import sys
import termios
import time

host = sys.argv[1]
port = int(sys.argv[2])
seconds = float(sys.argv[3])  # to sleep before it reads, and to wait for a client that is silent
backlog = int(sys.argv[4])  # how many clients may wait
size = int(sys.argv[5]) if len(sys.argv) > 5 else 0  # of the receive buffer; 0: as it comes

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen(backlog)
print(f"listening on {host} port {port}")

while True:
    connection, client = listener.accept()
    print(f"client: {client[0]} port {client[1]}")
    time.sleep(seconds)
    buffer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)  # not what was asked
    print(f"SO_RCVBUF: {buffer}")
    waiting = fcntl.ioctl(connection, termios.FIONREAD, bytes(4))  # SIOCINQ of tcp(7)
    print(f"waiting: {int.from_bytes(waiting, sys.byteorder)}")
    received = 0
    connection.settimeout(seconds)
    try:
        while piece := connection.recv(4096):  # until end-of-stream
            received += len(piece)
        connection.sendall(f"received {received} bytes\n".encode())
    except OSError as error:  # timed out, or reset: the next client waits
        print(f"recv: {error}")
    connection.close()
