import array
import fcntl
import selectors
import socket
import sys
import termios

host, port, size, seconds, *buffer = sys.argv[1:]
size, seconds = int(size), float(seconds)
connection = socket.socket()
for each in buffer:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(each))
connection.connect((host, int(port)))
connection.setblocking(False)
selector = selectors.DefaultSelector()
selector.register(connection, selectors.EVENT_WRITE)
taken = 0
reported = False


def report():
    print("taken:", taken)
    queue = array.array("i", [0])
    fcntl.ioctl(connection, termios.TIOCOUTQ, queue)
    print("unacknowledged:", queue[0])
    print("SO_SNDBUF:", connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF))


while taken < size:
    if selector.select(seconds if reported else 0.5):
        taken += connection.send(bytes(min(size - taken, 20_000)))
    elif reported:
        print("send: timed out")
        sys.exit(124)
    else:
        report()
        reported = True
if not reported:
    report()
connection.shutdown(socket.SHUT_WR)
selector.modify(connection, selectors.EVENT_READ)
answer = b""
while not answer.endswith(b"\n"):
    if not selector.select(seconds):
        print("recv: timed out")
        sys.exit(124)
    piece = connection.recv(1)
    if not piece:
        break
    answer += piece
print("server:", answer.decode())
sys.exit(0 if answer.split()[1:2] == [str(size).encode()] else 1)
