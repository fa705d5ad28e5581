"""Lab 2, the client: sends what is typed, line by line, and prints the answers, until exit.

Usage: python3 client.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
socket.inet_aton(host)  # raises OSError if it is none
connection.connect((host, port))
print(f"connected to {host} port {port}")
answers = connection.makefile("rb")  # reads whole lines, whatever recv() returns

while True:
    try:
        text = input("you: ")
    except EOFError:  # Ctrl-D, or the end of the file that is typed from
        break
    connection.sendall((text + "\n").encode())
    if text == "exit":
        break
    line = answers.readline()
    if not line:  # end-of-stream: the server has closed
        break
    answer = line.decode(errors="replace").rstrip("\r\n")
    print(f"server: {answer}")
    if answer == "exit":
        break

answers.close()
connection.close()
