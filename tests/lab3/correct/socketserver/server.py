"""socketserver, one client after the other."""

import socketserver
import sys
import time


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if not line.endswith(b"\n"):
                break
            line = line[:-1]
            if line.endswith(b"\r"):
                line = line[:-1]
            self.wfile.write(f"[{time.ctime()}] ".encode())
            self.wfile.write(line)
            self.wfile.write(b"\n")


class Server(socketserver.TCPServer):
    allow_reuse_address = True


with Server((sys.argv[1], int(sys.argv[2])), Handler) as server:
    server.serve_forever()
