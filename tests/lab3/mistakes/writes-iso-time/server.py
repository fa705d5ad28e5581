"""Lab 3, the server: sends each message back with the time.

Usage: python3 server.py HOST PORT
"""

import socket
import sys
from datetime import datetime

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
    received = b""
    try:  # what goes wrong with one client ends here
        while data := connection.recv(65536):  # b"" is the end: the client has closed
            received += data
            *lines, received = received.split(b"\n")  # the last part is no whole line yet
            for line in lines:
                answer = f"[{datetime.now():%Y-%m-%d %H:%M:%S}] ".encode() + line.removesuffix(b"\r") + b"\n"
                connection.sendall(answer)  # send() may take only a part
        print(f"closed: {address}")
    except OSError as error:
        print(f"lost: {address}: {error}")
    connection.close()
