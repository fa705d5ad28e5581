"""socketserver's threads and files."""

import socketserver
import sys


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline()
        if not line.endswith(b"\n"):
            return
        text = line[:-1]
        if text.endswith(b"\r"):
            text = text[:-1]
        self.wfile.write(f"{len(text)} bytes: ".encode("utf-8"))
        self.wfile.write(text + b"\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((sys.argv[1], int(sys.argv[2])), Handler) as server:
    server.serve_forever()
