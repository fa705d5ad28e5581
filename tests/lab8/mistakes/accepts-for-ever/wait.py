"""Lab 8: one call that waits: connect, accept, or recv until a line has come.

Usage: python3 wait.py CALL HOST PORT SECONDS
"""

import socket
import sys
import time

call = sys.argv[1]
host = sys.argv[2]
port = int(sys.argv[3])
seconds = float(sys.argv[4])  # that it may wait

start = time.monotonic()
connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.settimeout(seconds)
waits_in = "accept" if call == "accept" else "connect"
try:
    if call == "accept":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        connection.bind((host, port))
        connection.listen()
        connection.settimeout(None)
        connection.accept()
    else:
        connection.connect((host, port))
    if call == "recv":
        waits_in = "recv"
        line = b""
        while not line.endswith(b"\n"):
            rest = start + seconds - time.monotonic()  # the time is for all calls together
            connection.settimeout(max(rest, 0.001))  # 0 would mean: do not block
            piece = connection.recv(1024)
            if not piece:
                sys.exit("recv: the server has closed")
            line += piece
except TimeoutError:
    print(f"{waits_in}: timed out after {time.monotonic() - start:.1f} s")
    sys.exit(124)
print(f"{call}: done after {time.monotonic() - start:.1f} s")
