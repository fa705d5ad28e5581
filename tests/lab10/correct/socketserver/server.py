"""socketserver on a socket of both families."""

import socket
import socketserver
import sys


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        address, port = self.client_address[:2]
        is_mapped = address.startswith("::ffff:") and "." in address
        family = "IPv4" if is_mapped else "IPv6"
        line = f"you are {address[7:] if is_mapped else address} port {port} by {family}\n"
        self.request.sendall(line.encode())


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True

    def server_bind(self):
        only = int(len(sys.argv) > 3 and sys.argv[3] == "only")
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
        super().server_bind()


with Server((sys.argv[1], int(sys.argv[2])), Handler) as server:
    server.serve_forever()
