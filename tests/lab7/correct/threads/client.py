import socket
import struct
import sys
import threading

_, host, port, mode = sys.argv


def send_input(connection):
    for piece in iter(lambda: sys.stdin.buffer.read1(4096), b""):
        connection.sendall(piece)
    connection.shutdown(socket.SHUT_WR)


with socket.create_connection((host, int(port))) as connection:
    connection.sendall(f"{mode}\n".encode())
    sender = threading.Thread(target=send_input, args=(connection,))
    if mode == "half-close":
        sender.start()
    if mode in ("client-first", "reset"):
        with connection.makefile("rb") as stream:
            sys.stdout.buffer.write(stream.readline())
    else:
        while True:
            piece = connection.recv(1000)
            if not piece:
                break
            sys.stdout.buffer.write(piece)
    if mode == "half-close":
        sender.join()
    if mode == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("@ii", 1, 0))
