import socket
import struct
import sys

with socket.socket(type=socket.SOCK_DGRAM) as server:
    server.connect((sys.argv[1], int(sys.argv[2])))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 2, 0))
    for text in sys.argv[3:]:
        server.send(text.encode())
        try:
            print(str(server.recv(1 << 16), "utf-8"))
        except BlockingIOError:
            sys.exit("Timed out: no reply")
        except ConnectionRefusedError:
            sys.exit("refused")
