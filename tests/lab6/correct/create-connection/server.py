"""create_server(), dual stack where it is asked for; ipaddress takes mapped addresses apart."""

import ipaddress
import socket
import sys


def tell(end):
    address = ipaddress.ip_address(end[0])
    return f"{getattr(address, 'ipv4_mapped', None) or address} port {end[1]}"


host, port = sys.argv[1:]
try:
    listener = socket.create_server(
        (host, int(port)),
        family=[socket.AF_INET, socket.AF_INET6][":" in host],
        dualstack_ipv6=host == "::",
    )
except OSError as error:
    sys.exit(f"[{host}]:{port}: {error}\n    try ss -tlnp")
print("listening on {} port {}".format(*listener.getsockname()), flush=True)
while True:
    with listener.accept()[0] as connection:
        you, me = tell(connection.getpeername()), tell(connection.getsockname())
        connection.send(f"you are {you}, I am {me}\n".encode())
