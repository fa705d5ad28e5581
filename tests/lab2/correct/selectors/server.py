"""One loop for all clients and the operator; a client that leaves takes its question along."""

import selectors
import socket
import sys

selector = selectors.SelectSelector()
rest = {}  # of each client, the bytes that are no whole line yet
questions = []  # who waits for the operator
has_operator = True


def leave(connection):
    global questions
    questions = [asked for asked in questions if asked is not connection]
    selector.unregister(connection)
    connection.close()
    del rest[connection]


def send(connection, text):
    try:
        connection.sendall(f"{text}\n".encode())
    except OSError as problem:
        print(problem)
        leave(connection)
        return
    if text == "exit":
        leave(connection)


def hear(connection):
    try:
        data = connection.recv(4096)
    except OSError as problem:
        print(problem)
        data = b""
    if not data:
        leave(connection)
        return
    rest[connection] += data
    while connection in rest and b"\n" in rest[connection]:
        line, rest[connection] = rest[connection].split(b"\n", 1)
        print("message:", line.decode(errors="replace"))
        if line == b"exit":
            leave(connection)
        elif has_operator:
            questions.append(connection)
        else:
            send(connection, f"received: {line.decode(errors='replace')}")


def read_keyboard():
    global has_operator
    line = sys.stdin.readline()
    if not line:
        has_operator = False
        selector.unregister(sys.stdin)
    elif questions:
        send(questions.pop(0), line.rstrip("\n"))
    else:
        print("(nobody has asked)")


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
selector.register(listener, selectors.EVENT_READ)
selector.register(sys.stdin, selectors.EVENT_READ)
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            connection, _ = listener.accept()
            rest[connection] = b""
            selector.register(connection, selectors.EVENT_READ)
        elif key.fileobj is sys.stdin:
            read_keyboard()
        elif key.fileobj in rest:
            hear(key.fileobj)
