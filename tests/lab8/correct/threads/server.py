import fcntl
import socket
import sys
import termios
import threading
import time


def serve(connection, seconds):
    time.sleep(seconds)
    waiting = int.from_bytes(fcntl.ioctl(connection, termios.FIONREAD, bytes(4)), sys.byteorder)
    size = connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    print(f"waiting: {waiting}\nSO_RCVBUF: {size}\n", end="", flush=True)
    connection.settimeout(seconds)
    received = 0
    with connection:
        try:
            while piece := connection.recv(10_000):
                received += len(piece)
        except TimeoutError:
            print("recv: timed out", flush=True)
            return
        connection.sendall(f"received {received} bytes\n".encode())


def main():
    host, port, seconds, backlog, *size = sys.argv[1:]
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, int(port)))
    listener.listen(int(backlog))
    while True:
        connection, _ = listener.accept()
        if size:
            time.sleep(0.1)  # a buffer may be asked for at any time
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(size[0]))
        threading.Thread(target=serve, args=(connection, float(seconds)), daemon=True).start()


main()
