"""Lab 3, the client: sends each line that is typed, prints each answer.

Usage: python3 client.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.settimeout(20)  # a server that stays silent is gone, too

try:
    connection.connect((host, port))
    while True:
        line = input() + "\n"
        connection.sendall(line.encode())  # send() may take only a part
        answer = b""
        while not answer.endswith(b"\n"):  # one recv() is not one answer
            data = connection.recv(65536)
            if not data:  # the end of the stream is no exception
                sys.exit("the server is gone: it has closed the connection")
            answer += data
        sys.stdout.write(f"{answer}\n")
except EOFError:  # Ctrl-D: no more lines
    connection.close()
except OSError as error:
    sys.exit(f"the server is gone: {error}")  # status 1
