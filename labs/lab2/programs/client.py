"""Lab 2, the client: sends what is typed, line by line, and prints the answers, until exit.

Usage: python3 client.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])

connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
connection.connect((host, port))
print(f"connected to {host} port {port}")

while True:
    text = input("you: ")
    connection.sendall((text + "\n").encode())
    if text == "exit":
        break
    answer = connection.recv(1024).decode().rstrip("\r\n")
    print(f"server: {answer}")
    if answer == "exit":
        break

connection.close()
