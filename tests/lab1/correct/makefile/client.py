"""Files made of sockets, the client's side: stops at the end of the line."""

import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("text", nargs="?", default="hello")
options = parser.parse_args()

with socket.socket() as connection:
    connection.connect((options.host, options.port))
    with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
        stream.write(options.text)
        stream.write("\n")
        stream.flush()
        print("服务器说：" + stream.readline())
