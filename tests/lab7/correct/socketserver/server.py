import socketserver
import sys


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        mode = self.rfile.readline().strip()
        if mode == b"half-close":
            self.wfile.write(self.rfile.read())
            return
        self.wfile.write(mode + b"\n")
        if mode != b"server-first":
            try:
                self.rfile.read()
            except ConnectionResetError:
                print("RST", self.client_address)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
