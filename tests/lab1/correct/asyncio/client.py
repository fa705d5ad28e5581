"""asyncio streams, the client's side."""

import asyncio
import sys


async def main():
    text = sys.argv[3] if len(sys.argv) > 3 else "hello"
    reader, writer = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
    writer.write(text.encode() + b"\n")
    await writer.drain()
    reply = await reader.read()
    print(reply.decode())
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
