"""Lab 4, the client: sends the lines you type to a chat room, prints what comes.

Usage: python3 client.py HOST PORT NAME
"""

import socket
import sys
import threading

host = sys.argv[1]
port = int(sys.argv[2])
name = sys.argv[3]


def send_lines():
    """Send each line that is typed."""
    for line in sys.stdin:  # until Ctrl-D
        connection.sendall(line.encode())
    connection.shutdown(socket.SHUT_WR)  # FIN: the server will close, too


connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
lines = connection.makefile(encoding="utf-8")  # what comes, as a file of lines

connection.sendall(f"{name}\n".encode())
threading.Thread(target=send_lines).start()

for line in lines:  # until the server has closed
    print(line, end="")

connection.close()
