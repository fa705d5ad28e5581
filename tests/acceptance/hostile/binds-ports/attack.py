"""Takes every port it can get but its own, and tries the peer's and the other host's address.

addresses.json, put beside it by the test, has them by host. Prints those it could take.
"""

import json
import os
import socket
import sys
import time

own = int(sys.argv[2]) if len(sys.argv) > 2 else 0
with open("addresses.json") as file:
    addresses = json.load(file)
if not os.fork():
    ours = {addresses[name] for name in ("server", "client", "peer")}
    for address in ours:
        for port in (80, 20001):
            try:
                socket.create_server((address, port)).close()
                print(f"took {address}", file=sys.stderr)
            except OSError:
                pass
    kept = []
    for port in (*range(20000, 20040), *range(32768, 33600)):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            if port != own:
                try:
                    taken = socket.socket(type=kind)
                    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                    taken.bind(("0.0.0.0", port))
                    kept.append(taken)
                    if kind == socket.SOCK_STREAM:
                        taken.listen()
                except OSError:
                    pass
    print(f"holds {len(kept)} ports", file=sys.stderr)
    time.sleep(1000)
