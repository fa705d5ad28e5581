"""asyncio, on a socket that is made before."""

import asyncio
import socket
import sys

HOST, PORT = sys.argv[1], int(sys.argv[2])


def plain(address):
    return address[7:] if address.startswith("::ffff:") else address


async def greet(reader, writer):
    client, own = writer.get_extra_info("peername"), writer.get_extra_info("sockname")
    writer.write(
        b"you are %s port %d, I am %s port %d\n"
        % (plain(client[0]).encode(), client[1], plain(own[0]).encode(), own[1])
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    (family, kind, *_, address), *_ = socket.getaddrinfo(
        HOST, PORT, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sock = socket.socket(family, kind)
    if HOST == "::":
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, False)
    try:
        sock.bind(address)
        server = await asyncio.start_server(greet, sock=sock)
    except OSError as error:
        print(f"{HOST} {PORT}: {error.strerror}; look: ss -tlnp", file=sys.stderr)
        return 1
    print("listening on %s port %d" % server.sockets[0].getsockname()[:2])
    async with server:
        await server.serve_forever()


sys.exit(asyncio.run(main()))
