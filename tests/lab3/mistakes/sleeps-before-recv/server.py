"""Lab 3, the server: sends each message back with the time.

Usage: python3 server.py HOST PORT
"""

import socket
import sys
import time

host = sys.argv[1]
port = int(sys.argv[2])

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, address = listener.accept()  # waits for the next client
    print(f"connected: {address}")
    connection.settimeout(60)  # gives up on a client that stays silent
    try:  # what goes wrong with one client ends here
        while True:
            time.sleep(0.05)  # all of it will have come by then
            data = connection.recv(65536)
            if not data:  # the end: the client has closed
                break
            *lines, _ = data.split(b"\n")
            for line in lines:
                answer = f"[{time.ctime()}] ".encode() + line.removesuffix(b"\r") + b"\n"
                connection.sendall(answer)  # send() may take only a part
        print(f"closed: {address}")
    except OSError as error:
        print(f"lost: {address}: {error}")
    connection.close()
