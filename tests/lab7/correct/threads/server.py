import argparse
import socket
import threading

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
arguments = parser.parse_args()


def serve(connection):
    with connection, connection.makefile("rwb") as stream:
        try:
            line = stream.readline()
            if line == b"half-close\n":
                stream.write(stream.read())
                stream.flush()
            elif line == b"server-first\n":
                stream.write(line)
                stream.flush()
                connection.shutdown(socket.SHUT_WR)
                stream.read()  # waits for the client as well, after its own FIN
            else:
                stream.write(line)
                stream.flush()
                stream.read()
        except OSError:
            pass


with socket.create_server((arguments.host, arguments.port)) as listener:
    while True:
        threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
