"""Lab 9, the server: answers each message with its length and its text, over UDP and over TCP.

Usage: python3 server.py HOST PORT
"""

import socket
import sys
import threading

host = sys.argv[1]
port = int(sys.argv[2])


def serve_tcp(listener):
    while True:
        connection, address = listener.accept()
        try:
            for line in connection.makefile("rb"):  # a stream has no boundaries but our own \n
                text = line.rstrip(b"\n")
                print(f"TCP {address[0]}: {text}")
                connection.sendall(b"%d bytes: %b\n" % (len(text), text))
        except OSError as error:  # the client is gone
            print(f"TCP {address[0]}: {error}")
        connection.close()


def serve_udp(server):
    while True:
        data, address = server.recvfrom(65535)
        if not data:
            break
        print(f"UDP {address[0]}: {data}")
        server.sendto(b"%d bytes: %b" % (len(data), data), address)


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen()

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, port))  # no listen, no accept: whatever comes is taken
print(f"serving on {host} port {port}, TCP and UDP")

threading.Thread(target=serve_tcp, args=(listener,), daemon=True).start()
serve_udp(server)
