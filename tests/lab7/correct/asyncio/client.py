import asyncio
import socket
import struct
import sys


async def main():
    host, port, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    data = sys.stdin.buffer.read() if mode == "half-close" else b""  # before there is a connection
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(mode.encode() + b"\n" + data)
    if mode == "half-close":
        writer.write_eof()
    if mode in ("client-first", "reset"):
        print((await reader.readline()).decode().strip())
    else:
        print((await reader.read()).decode(), end="")
    if mode == "reset":
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.close()


asyncio.run(main())
