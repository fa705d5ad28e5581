"""asyncio streams; TCP_NODELAY is on then."""

import asyncio
import pathlib
import socket
import sys

host, port, *size = sys.argv[1:]


async def connect(loop, found):
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
        for each in size:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(each))
        try:
            await loop.sock_connect(sock, address)
            return await asyncio.open_connection(sock=sock)
        except ConnectionError as error:
            print(address, error, file=sys.stderr)
            sock.close()
    raise SystemExit(1)


async def main():
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    reader, writer = await connect(loop, found)
    sock = writer.get_extra_info("socket")
    local, peer = sock.getsockname(), sock.getpeername()
    try:
        service = socket.getservbyport(peer[1])
    except OSError:
        service = "-"
    range_ = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    report = {
        "family": socket.AddressFamily(sock.family).name,
        "type": sock.type.name,
        "fileno": sock.fileno(),
        "local": f"{local[0]} port {local[1]}",
        "peer": f"{peer[0]} port {peer[1]}",
        "addresses": " ".join(sorted({each[4][0] for each in found})),
        "service": service,
        "ephemeral": "-".join(range_),
        "SO_SNDBUF": sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF),
        "SO_RCVBUF": sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF),
        "SO_KEEPALIVE": sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        "TCP_NODELAY": sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY),
    }
    print("\n".join(f"{name}: {value}" for name, value in report.items()))
    print("server:", (await reader.read()).decode().strip())
    writer.close()
    await writer.wait_closed()


asyncio.run(main())
