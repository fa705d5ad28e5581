import asyncio
import sys


async def talk(reader, writer):
    try:
        mode = (await reader.readuntil(b"\n")).decode().strip()
        if mode == "half-close":
            writer.write(await reader.read())
        else:
            writer.write(mode.encode() + b"\n")
        await writer.drain()
        if mode in ("client-first", "reset"):
            await reader.read()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(talk, sys.argv[1], int(sys.argv[2]))
    await server.serve_forever()


asyncio.run(main())
