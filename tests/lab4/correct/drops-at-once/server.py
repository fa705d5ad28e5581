"""A pool of threads; who does not take a message at once is dropped; the main thread sleeps."""

import os
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

clients, lock = {}, threading.Lock()
pool = ThreadPoolExecutor(120)


def tell_all(text):
    data = text.encode("utf-8", "surrogateescape")
    with lock:
        for sock in list(clients):
            try:
                if sock.send(data, socket.MSG_DONTWAIT) < len(data):
                    raise BlockingIOError
            except OSError:
                del clients[sock]
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def handle(sock):
    name, pending = None, b""
    try:
        while chunk := sock.recv(100):
            pending += chunk
            while (end := pending.find(b"\n")) >= 0:
                text = pending[:end].decode("utf-8", "surrogateescape")
                pending = pending[end + 1 :]
                if name is None:
                    name = text
                    with lock:
                        clients[sock] = name
                    tell_all(f"{name} joined\n")
                else:
                    tell_all(f"{name}: {text}\n")
    except OSError as error:
        print("lost", name, error)
    finally:
        with lock:
            clients.pop(sock, None)
        if name is not None:
            tell_all(f"{name} left\n")
        sock.close()


def accept_all(listener):
    while True:
        sock, address = listener.accept()
        print("hello", address)
        pool.submit(handle, sock)


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
threading.Thread(target=accept_all, args=(listener,), daemon=True).start()
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.signal(signal.SIGINT, lambda *_: os._exit(0))
while True:
    signal.pause()
