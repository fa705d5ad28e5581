"""One thread per client, other names, much printed."""

import socket
import sys
import threading
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])


def log(*words):
    print(time.strftime("%H:%M:%S"), threading.current_thread().name, *words)


def lines_of(conn):
    """Give whole lines without their ends; stop at the end of the stream."""
    chunks = []
    while True:
        chunk = conn.recv(2048)
        if not chunk:
            return
        while b"\n" in chunk:
            head, chunk = chunk.split(b"\n", 1)
            yield b"".join([*chunks, head])
            chunks = []
        chunks.append(chunk)


def handle(conn, addr):
    with conn:
        try:
            for number, line in enumerate(lines_of(conn)):
                line = line[:-1] if line[-1:] == b"\r" else line
                reply = b"[" + bytes(time.ctime(), "ascii") + b"] " + line + b"\n"
                while reply:
                    reply = reply[conn.send(reply):]
                if number < 5:
                    log(addr, "answered", line[:20])
        except (ConnectionResetError, BrokenPipeError, TimeoutError) as error:
            log(addr, "lost", error)


def main():
    server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server_socket.bind((HOST, PORT))
    server_socket.listen(5)
    try:
        while True:
            conn, addr = server_socket.accept()
            conn.settimeout(5)
            threading.Thread(target=handle, args=(conn, addr), daemon=True).start()
    except KeyboardInterrupt:
        log("Server shut down.")
    finally:
        server_socket.close()


if __name__ == "__main__":
    main()
