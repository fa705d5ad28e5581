import socketserver
import sys

sender = None
blocks = {}
last = None


class Block(socketserver.BaseRequestHandler):
    def handle(self):
        global sender, last
        packet, receiver = self.request
        number = int.from_bytes(packet[1:5], "big")
        if packet[:1] != b"D" or sender not in (None, self.client_address):
            return
        sender = self.client_address
        blocks.setdefault(number, packet[5:])
        if len(packet) < 517:
            last = number
        receiver.sendto(b"A" + packet[1:5], sender)
        server.is_quiet = False


class Server(socketserver.UDPServer):
    is_quiet = False

    def handle_timeout(self):
        self.is_quiet = True


with Server((sys.argv[1], int(sys.argv[2])), Block) as server:
    while not server.is_quiet:
        server.timeout = None if sender is None else 1 if last else 5
        server.handle_request()
if not last:
    sys.exit("the last block has not come")
with open(sys.argv[3], "wb") as file:
    for number in range(1, last + 1):
        file.write(blocks[number])
