"""create_connection() goes through the addresses; the buffer is asked for afterwards."""

import re
import socket
import sys
from socket import IPPROTO_TCP, SO_KEEPALIVE, SO_RCVBUF, SO_SNDBUF, SOL_SOCKET, TCP_NODELAY

host, port = sys.argv[1], int(sys.argv[2])

addresses = []
for *_, address in socket.getaddrinfo(host, port):
    if address[0] not in addresses:
        addresses.append(address[0])

with socket.create_connection((host, port), timeout=10) as s:
    s.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    if len(sys.argv) > 3:
        s.setsockopt(SOL_SOCKET, SO_RCVBUF, int(sys.argv[3]))
    services = open("/etc/services").read()
    service = re.search(rf"^(\S+)\s+{port}/tcp", services, re.MULTILINE)
    print("Ich bin es!")
    print("TCP_NODELAY:", s.getsockopt(IPPROTO_TCP, TCP_NODELAY))
    print("SO_KEEPALIVE:", s.getsockopt(SOL_SOCKET, SO_KEEPALIVE))
    print("SO_RCVBUF:", s.getsockopt(SOL_SOCKET, SO_RCVBUF))
    print("SO_SNDBUF:", s.getsockopt(SOL_SOCKET, SO_SNDBUF))
    print("ephemeral:", open("/proc/sys/net/ipv4/ip_local_port_range").read().strip().replace("\t", "-"))
    print("service:", service[1] if service else "-")
    print("addresses:", *addresses)
    print("peer: {} port {}".format(*s.getpeername()))
    print("local: {} port {}".format(*s.getsockname()))
    print("fileno:", s.fileno())
    print("type:", s.type.name)
    print("family:", s.family.name)
    with s.makefile(encoding="utf-8") as lines:
        for line in lines:
            print("server:", line, end="")
