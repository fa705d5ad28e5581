"""One thread per client, other names, much printed."""

import socket
import sys
import threading
import time

HOST = sys.argv[1]
PORT = int(sys.argv[2])


def log(*words):
    print(time.strftime("%H:%M:%S"), threading.current_thread().name, *words)


def receive_line(conn):
    """The line without its end, or None if the client left before."""
    chunks = []
    while True:
        chunk = conn.recv(2048)
        if not chunk:
            return None
        chunks.append(chunk)
        if b"\n" in chunk:
            return b"".join(chunks).partition(b"\n")[0]


def handle(conn, addr):
    log("connected", addr)
    try:
        line = receive_line(conn)
        if line is None:
            log("left", addr)
            return
        if line.endswith(b"\r"):
            line = line[:-1]
        message = f"{len(line)} bytes: {line.decode('utf-8')}\n".encode("utf-8")
        while message:
            sent = conn.send(message)
            log("sent", sent)
            message = message[sent:]
    except OSError as error:
        log("lost", addr, error)
    finally:
        conn.close()


def main():
    server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server_socket.bind((HOST, PORT))
    server_socket.listen(5)
    log(f"Server started at {HOST}:{PORT}")
    try:
        while True:
            conn, addr = server_socket.accept()
            threading.Thread(target=handle, args=(conn, addr), daemon=True).start()
    except KeyboardInterrupt:
        log("Server shut down.")
    finally:
        server_socket.close()


if __name__ == "__main__":
    main()
