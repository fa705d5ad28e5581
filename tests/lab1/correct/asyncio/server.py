"""asyncio streams: one task per client."""

import asyncio
import sys


async def answer(reader, writer):
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = await reader.read(1 << 16)
        if not piece:
            writer.close()
            return
        line += piece
    text = bytes(line[:-1]).removesuffix(b"\r")
    writer.write(b"%d bytes: %s\n" % (len(text), text))
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(answer, sys.argv[1], int(sys.argv[2]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
