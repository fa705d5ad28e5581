"""asyncio streams: one task per client, lines of any length."""

import asyncio
import sys
from datetime import datetime


async def serve(reader, writer):
    try:
        while True:
            line = await reader.readuntil(b"\n")
            if line.endswith(b"\r\n"):
                line = line[:-2] + b"\n"
            writer.write(b"[%s] " % datetime.now().ctime().encode())
            writer.write(line)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]), limit=1 << 24)
    async with server:
        await server.serve_forever()


asyncio.run(main())
