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
        connections.append(None)
        connections[-1] = socket.create_connection((host, port), seconds)
except TimeoutError:
    print(f"connect: timed out after {seconds} s")
print(f"connected: {len(connections)}")
if connections and connections[-1] is None:
    sys.exit(124)
