import socketserver
import sys
import threading

ADDRESS = sys.argv[1], int(sys.argv[2])


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        data, server = self.request
        server.sendto(b"%d bytes: " % len(data) + data, self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            text = line.rstrip(b"\n")
            self.wfile.write(b"%d bytes: " % len(text) + text + b"\n")


class StreamServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


with StreamServer(ADDRESS, Stream) as tcp, socketserver.ThreadingUDPServer(ADDRESS, Datagram) as udp:
    threading.Thread(target=tcp.serve_forever, daemon=True).start()
    udp.serve_forever()
