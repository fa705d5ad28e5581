"""asyncio streams."""

import asyncio
import pathlib
import sys

HOST, PORT = sys.argv[1], int(sys.argv[2])
FOLDER = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "/srv/files")


async def serve(reader, writer):
    try:
        while True:
            line = (await reader.readuntil(b"\n")).decode()[:-1]
            if line == "ok":
                continue
            offset, _, name = line.partition(" ")
            path = FOLDER / name
            if path.parent != FOLDER or not path.is_file():
                writer.write(f"error {name}: not here\n".encode())
                continue
            writer.write(b"%d\n" % (path.stat().st_size - int(offset)))
            with path.open("rb") as file:
                file.seek(int(offset))
                while data := file.read(1 << 16):
                    writer.write(data)
                    await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(serve, HOST, PORT)
    async with server:
        await server.serve_forever()


asyncio.run(main())
