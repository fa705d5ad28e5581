"""ThreadingTCPServer; names are looked up in the folder's list."""

import os
import shutil
import socketserver
import sys

FOLDER = sys.argv[3] if len(sys.argv) > 3 else "/srv/files"


class Handler(socketserver.StreamRequestHandler):
    wbufsize = 65536

    def handle(self):
        for line in self.rfile:
            if line == b"ok\n":
                continue
            number, name = line.rstrip(b"\n").split(b" ", maxsplit=1)
            path = os.path.join(os.fsencode(FOLDER), name)
            if name not in os.listdir(os.fsencode(FOLDER)) or os.path.isdir(path):
                self.wfile.write(b"error: " + name + b"\n")
            else:
                with open(path, "rb") as file:
                    size = file.seek(0, 2)
                    file.seek(int(number))
                    self.wfile.write(str(size - int(number)).encode() + b"\n")
                    shutil.copyfileobj(file, self.wfile)
            self.wfile.flush()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
