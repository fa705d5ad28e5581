"""Sends forged results instead of a line, prints them, and ends with a forged traceback."""

import socket
import sys

import attack

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(attack.REPORT.encode() + attack.FORGED)
connection.close()
sys.stderr.write('Traceback (most recent call last):\n  File "/lab/\x1b[2J.py", line 1, in \x1b]0;\x07\n')
sys.exit(attack.REPORT)
