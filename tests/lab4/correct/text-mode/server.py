"""A sending file beside the receiving one; blocked signals are waited for in the main thread."""

import select
import signal
import socket
import sys
import threading

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
people = {}
lock = threading.Lock()


def tell(message):
    print(message)
    with lock:
        for name, sock in list(people.items()):
            _, writable, _ = select.select([], [sock], [], 0.7)
            if not writable:
                del people[name]
                sock.shutdown(socket.SHUT_RDWR)
                continue
            try:
                sock.sendall(f"{message}\n".encode())
            except OSError:
                del people[name]


def serve(sock):
    name = ""
    lines = sock.makefile("r", encoding="utf-8", newline="\n")
    try:
        for line in lines:
            if line[-1] != "\n":
                break
            line = line[:-1]
            if name:
                tell(f"{name}: {line}")
                continue
            name = line
            with lock:
                people[name] = sock
            tell(f"{name} joined")
    except (OSError, UnicodeDecodeError):
        pass
    with lock:
        people.pop(name, None)
    lines.close()
    sock.close()
    if name:
        tell(f"{name} left")


def accept(listener):
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(64)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
signal.sigwait({signal.SIGTERM, signal.SIGINT})
with lock:
    for sock in people.values():
        sock.shutdown(socket.SHUT_WR)
listener.close()
