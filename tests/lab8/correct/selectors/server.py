import select
import socket
import sys
import time
from array import array
from fcntl import ioctl
from termios import FIONREAD

host, port, seconds, backlog, *buffer = sys.argv[1:]
seconds = float(seconds)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
for each in buffer:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(each))
listener.bind((host, int(port)))
listener.listen(int(backlog))


def serve(connection):
    received = 0
    while True:
        readable, _, _ = select.select([connection], [], [], seconds)
        if not readable:
            print("recv: timed out: nothing came in", seconds, "s")
            return
        piece = connection.recv(1 << 20)
        if not piece:
            break
        received += len(piece)
    connection.sendall(b"received %d bytes\n" % received)


while True:
    connection, client = listener.accept()
    with connection:
        print("SO_RCVBUF:", connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
        time.sleep(seconds)
        queue = array("i", [0])
        ioctl(connection, FIONREAD, queue)
        print("waiting:", queue[0])
        try:
            serve(connection)
        except ConnectionError as error:
            print("lost:", error)
