"""The datagram client has an abstract address, which is no file: unix(7), autobind."""

import socket
import sys

kind, path, text = sys.argv[1:]
end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM)
try:
    if kind == "datagram":
        end.bind("")
        end.settimeout(2)
    end.connect(path)
    end.send(text.encode())
    if kind == "stream":
        end.shutdown(socket.SHUT_WR)
    answer = end.recv(65536)
    while kind == "stream" and (more := end.recv(65536)):
        answer += more
except OSError as error:
    sys.exit(f"no reply from {path}: {error}")
sys.stdout.write("reply: " + answer.decode() + "\n")
