"""A process for TCP, one for UDP."""

import os
import socket
import sys

address = (sys.argv[1], int(sys.argv[2]))
listener = socket.create_server(address, reuse_port=False)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(address)
if os.fork() == 0:
    buffer = bytearray(65536)
    while True:
        size, source = server.recvfrom_into(buffer)
        server.sendmsg([b"%d bytes: " % size, buffer[:size]], [], 0, source)
while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        line = b""
        while byte := connection.recv(1):
            if byte == b"\n":
                connection.sendall(b"%d bytes: %b\n" % (len(line), line))
                line = b""
            else:
                line += byte
        os._exit(0)
    connection.close()
