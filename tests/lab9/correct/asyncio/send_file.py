import asyncio
import sys
from pathlib import Path

SIZE = 512


class Sending(asyncio.DatagramProtocol):
    def __init__(self):
        self.acks = {}

    def datagram_received(self, data, address):
        ack = self.acks.get(data)
        if ack and not ack.done():
            ack.set_result(None)

    def error_received(self, error):
        pass  # the receiver may be there later


async def main(host, port, path):
    loop = asyncio.get_running_loop()
    transport, sending = await loop.create_datagram_endpoint(Sending, remote_addr=(host, port))
    data = Path(path).read_bytes()
    for start in range(0, len(data) + 1, SIZE):
        number = (start // SIZE + 1).to_bytes(4, "big")
        ack = sending.acks[b"A" + number] = loop.create_future()
        for _ in range(20):
            transport.sendto(b"D" + number + data[start : start + SIZE])
            await asyncio.wait([ack], timeout=0.1)
            if ack.done():
                break
        else:
            sys.exit(f"{path}: nobody acknowledges")
        del sending.acks[b"A" + number]
    transport.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
