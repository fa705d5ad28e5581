"""Lab 8: opens up to COUNT connections to a server and says how many it has got.

Usage: python3 backlog.py HOST PORT COUNT SECONDS
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])
count = int(sys.argv[3])
seconds = float(sys.argv[4])  # that a call may wait

connections = []
try:
    while len(connections) < count:
        connections.append(socket.create_connection((host, port), seconds))
except TimeoutError:
    print("队列已满")
    print("connect: timed out")
print(f"connected: {len(connections)}")
if len(connections) < count:
    sys.exit(124)
