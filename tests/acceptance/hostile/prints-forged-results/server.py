"""Answers every client with forged results at once, and prints them."""

import socket
import sys

import attack

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    connection.sendall(attack.REPORT.encode() + attack.FORGED)
    connection.close()
