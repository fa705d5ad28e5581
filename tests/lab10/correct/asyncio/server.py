"""asyncio, with the listener made by hand: asyncio's own takes IPv6 alone."""

import asyncio
import ipaddress
import socket
import sys


async def answer(reader, writer):
    host, port = writer.get_extra_info("peername")[:2]
    address = ipaddress.ip_address(host)
    mapped = address.ipv4_mapped
    writer.write(f"you are {mapped or address} port {port} by {'IPv4' if mapped else 'IPv6'}\n".encode())
    await writer.drain()
    writer.close()


async def main():
    dual = sys.argv[3:] != ["only"]
    address = (sys.argv[1], int(sys.argv[2]))
    listener = socket.create_server(address, family=socket.AF_INET6, dualstack_ipv6=dual)
    server = await asyncio.start_server(answer, sock=listener)
    await server.serve_forever()


asyncio.run(main())
