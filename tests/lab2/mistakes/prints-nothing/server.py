"""Lab 2, the server: a dialogue with one client, until exit, then with the next.

Usage: python3 server.py HOST PORT
"""

import socket
import sys

host = sys.argv[1]
port = int(sys.argv[2])


def answer_to(text):
    """Return what the operator types or, where nobody types, an answer of our own."""
    try:
        return input("you: ")
    except EOFError:  # standard input is at its end
        answer = f"received: {text}"
        print(answer)
        return answer


def talk(connection):
    """Answer a client's messages until one of the two says exit."""
    for line in connection.makefile("rb"):  # whole lines, until end-of-stream
        text = line.decode(errors="replace").rstrip("\r\n")
        if text == "exit":
            return
        answer = answer_to(text)
        connection.sendall((answer + "\n").encode())
        if answer == "exit":
            return


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # bind() in spite of TIME_WAIT
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}")

while True:
    connection, address = listener.accept()  # waits for the next client
    try:
        talk(connection)
    except OSError as problem:  # the client was killed or has reset the connection
        print(f"lost: {problem}")
    connection.close()
    print("closed")
