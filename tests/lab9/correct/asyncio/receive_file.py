import asyncio
import sys
from pathlib import Path


class Receiving(asyncio.DatagramProtocol):
    def __init__(self):
        self.data = bytearray()
        self.last = 0
        self.sender = None
        self.is_whole = False
        self.heard = asyncio.Event()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, packet, address):
        number = int.from_bytes(packet[1:5], "big")
        if not packet.startswith(b"D") or self.sender not in (None, address):
            return
        if number == self.last + 1 and not self.is_whole:
            self.sender = address
            self.last = number
            self.data += packet[5:]
            self.is_whole = len(packet) < 5 + 512
        if number <= self.last:
            self.transport.sendto(b"A" + packet[1:5], address)
            self.heard.set()


async def main(host, port, path):
    loop = asyncio.get_running_loop()
    _, receiving = await loop.create_datagram_endpoint(Receiving, local_addr=(host, port))
    await receiving.heard.wait()
    while True:
        receiving.heard.clear()
        try:
            await asyncio.wait_for(receiving.heard.wait(), 1 if receiving.is_whole else 5)
        except TimeoutError:
            break
    if not receiving.is_whole:
        sys.exit("half a file")
    Path(path).write_bytes(receiving.data)  # only here is it stored


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
