import socket
import sys
import time

host, port, seconds, backlog = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if sys.argv[5:]:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[5]))
listener.bind((host, port))
listener.listen(backlog)
while True:
    connection, _ = listener.accept()
    time.sleep(seconds)
    print(f"SO_RCVBUF: {connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)}")
    try:
        looked_at = connection.recv(50_000_000, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        looked_at = b""
    print(f"waiting: {len(looked_at)}")
    connection.settimeout(seconds)
    total = 0
    try:
        while True:
            piece = connection.recv(4096)
            total += len(piece)
            if not piece:
                connection.sendall(f"received {total} bytes\n".encode())
                break
    except TimeoutError:
        print("recv: timed out")
    except ConnectionError:
        print("recv: reset")
    finally:
        connection.close()
