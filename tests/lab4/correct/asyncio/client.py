"""asyncio on both sides: the keyboard is a pipe to connect to."""

import asyncio
import sys


async def type_lines(writer):
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.write_eof()


async def main():
    reader, writer = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
    writer.write(sys.argv[3].encode() + b"\n")
    typing = asyncio.create_task(type_lines(writer))
    while line := await reader.readline():
        print(">", line.decode().rstrip(), flush=True)
    typing.cancel()
    writer.close()


asyncio.run(main())
