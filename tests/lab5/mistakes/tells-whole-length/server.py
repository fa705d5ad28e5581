"""Lab 5, the server: sends the files that its clients ask for.

Usage: python3 server.py HOST PORT [FOLDER]
"""

import os
import socket
import sys
import threading

host = sys.argv[1]
port = int(sys.argv[2])
folder = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"


def serve(connection, client):
    try:
        stream = connection.makefile("rb")
        name = ""
        while (line := stream.readline()).endswith(b"\n"):  # whole lines, however they were cut
            if line == b"ok\n":
                print(f"{client} has {name}")
                continue
            offset, name = line.decode().rstrip("\n").split(" ", 1)
            print(f"{client} asks for {name} from byte {offset} on")
            path = os.path.join(folder, name)
            if "/" in name or not os.path.isfile(path):  # a folder is no file, and neither is ..
                connection.sendall(b"error no such file\n")
                continue
            with open(path, "rb") as file:
                rest = os.path.getsize(path)
                connection.sendall(f"{rest}\n".encode())
                connection.sendfile(file, int(offset))  # the kernel copies, to the end of the file
    except OSError as error:  # the client has left
        print(f"{client}: {error}")
    connection.close()


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lab 2 tells why
listener.bind((host, port))
listener.listen()
print(f"listening on {host} port {port}, with the files of {folder}")

while True:
    connection, address = listener.accept()
    threading.Thread(target=serve, args=(connection, address[0]), daemon=True).start()
