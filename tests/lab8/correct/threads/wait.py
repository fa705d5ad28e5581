import os
import socket
import sys
import threading
import time

call, host, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
doing = "accept" if call == "accept" else "connect"


def give_up():
    print(f"{doing}: timed out", flush=True)
    os._exit(124)


timer = threading.Timer(seconds, give_up)
timer.daemon = True
timer.start()
began = time.time()
if call == "accept":
    socket.create_server((host, port)).accept()
else:
    connection = socket.create_connection((host, port))
    if call == "recv":
        doing = "recv"
        if not connection.makefile().readline().endswith("\n"):
            sys.exit("no line")
timer.cancel()
print(f"{call}: done in {time.time() - began:.3f} s")
