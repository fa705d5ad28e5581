"""asyncio streams; readline() takes 64 KiB at most."""

import asyncio
import sys
import time


async def serve(reader, writer):
    try:
        while (line := await reader.readline()).endswith(b"\n"):
            text = line[:-1].removesuffix(b"\r")
            writer.write(f"[{time.ctime()}] ".encode() + text + b"\n")
            await writer.drain()
    except OSError as error:
        print("lost:", error)
    writer.close()


async def main():
    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]))
    await server.serve_forever()


asyncio.run(main())
