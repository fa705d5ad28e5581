"""One task per client, asyncio streams."""

import asyncio
import signal
import sys

writers = {}


def broadcast(message):
    for writer in list(writers):
        writer.write(message)
        if writer.transport.get_write_buffer_size() > 4_000_000:
            writer.transport.abort()


async def handle(reader, writer):
    name = None
    try:
        name = (await reader.readuntil(b"\n"))[:-1]
        writers[writer] = name
        broadcast(name + b" joined\n")
        while True:
            line = await reader.readuntil(b"\n")
            broadcast(b"%s: %s" % (name, line))
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        if writers.pop(writer, None) is not None:
            broadcast(name + b" left\n")
        writer.close()


async def main():
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await asyncio.start_server(handle, sys.argv[1], int(sys.argv[2]), limit=1 << 20)
    print("serving")
    await ended.wait()
    server.close()
    for writer in list(writers):
        writer.close()


asyncio.run(main())
