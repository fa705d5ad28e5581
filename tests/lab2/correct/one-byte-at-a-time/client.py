"""Sends and reads single bytes, prints each character when it is whole."""

import codecs
import socket
import sys

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
decoder = codecs.getincrementaldecoder("utf-8")()
is_over = False
while not is_over and (typed := sys.stdin.readline()):
    for byte in typed.encode():
        connection.send(bytes([byte]))
    if typed == "exit\n":
        break
    answer = ""
    while not answer.endswith("\n"):
        byte = connection.recv(1)
        if not byte:
            is_over = True
            break
        character = decoder.decode(byte)
        print(character, end="")
        answer += character
    is_over = is_over or answer == "exit\n"
connection.close()
