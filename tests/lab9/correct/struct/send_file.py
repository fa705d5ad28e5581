import itertools
import socket
import struct
import sys
import time

HEADER = struct.Struct("!cI")


def transfer(peer, number, data):
    for _ in range(20):
        peer.send(HEADER.pack(b"D", number) + data)
        sent_at = time.monotonic()
        while (waited := time.monotonic() - sent_at) < 0.1:
            peer.settimeout(0.1 - waited)
            try:
                answer = peer.recv(100)
            except TimeoutError:
                break
            except ConnectionRefusedError:
                time.sleep(max(0, 0.1 - (time.monotonic() - sent_at)))
                break
            if len(answer) == HEADER.size and HEADER.unpack(answer) == (b"A", number):
                return
    raise SystemExit("no answer")


with socket.socket(type=socket.SOCK_DGRAM) as peer, open(sys.argv[3], "rb") as file:
    peer.connect((sys.argv[1], int(sys.argv[2])))
    for number in itertools.count(1):
        data = file.read(512)
        transfer(peer, number, data)
        if len(data) != 512:
            break
