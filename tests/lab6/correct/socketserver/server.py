"""socketserver, a class for each family."""

import socket
import socketserver
import sys


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        ends = [self.client_address, self.request.getsockname()]
        you, me = (f"{end[0].split('::ffff:')[-1]} port {end[1]}" for end in ends)
        self.request.sendall(f"you are {you}, I am {me}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Server6(Server):
    address_family = socket.AF_INET6


where = sys.argv[1], int(sys.argv[2])
try:
    server = (Server6 if ":" in where[0] else Server)(where, Handler)
except OSError as problem:
    print("cannot listen on", *where, "-", problem, "- see ss -tlnp", file=sys.stderr)
    raise SystemExit(1)
with server:
    print("listening on", server.server_address[0], "port", server.server_address[1])
    server.serve_forever()
