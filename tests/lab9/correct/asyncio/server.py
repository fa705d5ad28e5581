"""Both transports in one event loop."""

import asyncio
import sys


def reply(data):
    return b"%d bytes: " % len(data) + data


class Answering(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(reply(data), address)


async def serve(reader, writer):
    async for line in reader:
        writer.write(reply(line.rstrip(b"\n")) + b"\n")
        await writer.drain()
    writer.close()


async def main(host, port):
    await asyncio.get_running_loop().create_datagram_endpoint(Answering, local_addr=(host, port))
    async with await asyncio.start_server(serve, host, port) as server:
        await server.serve_forever()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
