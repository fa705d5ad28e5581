"""Both families looked up one after the other, IPv4 first; the report in one print."""

import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
found = []
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        found += socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    except socket.gaierror:
        pass

for info in found:
    s = socket.socket(info[0], info[1])
    s.settimeout(5)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if len(sys.argv) == 4:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[3]))
    if s.connect_ex(info[4]) == 0:
        break
    s.close()
else:
    sys.exit("nobody there")

try:
    service = socket.getservbyport(port)
except OSError:
    service = "-"
ports = open("/proc/sys/net/ipv4/ip_local_port_range").read().split()
me, you = s.getsockname(), s.getpeername()
print(f"""
fileno:       {s.fileno()}
family:       {s.family.name}
type:         {s.type.name}
addresses:    {" ".join(info[4][0] for info in found)}
local:        {me[0]} port {me[1]}
peer:         {you[0]} port {you[1]}
service:      {service}
ephemeral:    {ports[0]}-{ports[1]}
SO_KEEPALIVE: {s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)}
SO_RCVBUF:    {s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)}
SO_SNDBUF:    {s.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)}
TCP_NODELAY:  {s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)}""")

text = ""
while not text.endswith("\n"):
    text += s.recv(1).decode()
while s.recv(100):
    pass
print("server:", text.strip(), end="")
