"""asyncio for both kinds."""

import asyncio
import contextlib
import os
import socket
import stat
import struct
import sys

kind, path = sys.argv[1:3]


def is_alive():
    for each in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        probe = socket.socket(socket.AF_UNIX, each)
        with contextlib.closing(probe), contextlib.suppress(OSError):
            probe.connect(path)
            return True
    return False


async def answer(reader, writer):
    text = await reader.read()
    cred = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    pid, uid, _ = struct.unpack("iii", cred)
    writer.write(b"process %d of user %d: %s" % (pid, uid, text))
    await writer.drain()
    writer.close()


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        if address:
            self.transport.sendto(b"%d bytes: %s" % (len(data), data), address)


async def main():
    loop = asyncio.get_running_loop()
    if kind == "stream":
        server = await asyncio.start_unix_server(answer, path)
        os.chmod(path, 0o600)
        await server.serve_forever()
    await loop.create_datagram_endpoint(Datagrams, local_addr=path, family=socket.AF_UNIX)
    os.chmod(path, 0o600)
    await asyncio.Event().wait()


if os.path.exists(path):
    if not stat.S_ISSOCK(os.stat(path).st_mode) or is_alive():
        print(f"cannot serve at {path}: it exists", file=sys.stderr)
        sys.exit(2)
    os.remove(path)
os.umask(0o077)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
finally:
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
