"""The standard library's server, one client at a time."""

import socketserver
import sys


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            text = line.decode("utf-8", "replace")[:-1]
            sys.stdout.write(f"[{self.client_address[1]}] {text}\n> ")
            sys.stdout.flush()
            if text == "exit":
                return
            typed = sys.stdin.readline()
            answer = typed[:-1] if typed else f"received: {text}"
            self.wfile.write(answer.encode() + b"\n")
            if answer == "exit":
                return


class Server(socketserver.TCPServer):
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        print(client_address, "is gone:", sys.exc_info()[1])


Server((sys.argv[1], int(sys.argv[2])), Dialogue).serve_forever()
