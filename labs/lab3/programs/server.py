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

try:
    while True:
        connection, address = listener.accept()  # waits for the next client
        print(f"connected: {address}")
        connection.settimeout(60)  # gives up on a client that stays silent
        while data := connection.recv(1024):  # b"" is the end: the client has closed
            text = data.decode().rstrip("\r\n")
            answer = f"[{time.ctime()}] {text}\n"
            connection.send(answer.encode())
        print(f"closed: {address}")
        connection.close()
except Exception as error:
    print(f"stopped: {error}")

listener.close()
