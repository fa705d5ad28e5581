"""No name for the main part, star imports, a reply of any size in one file read."""

from socket import *
from sys import argv

guest = socket(AF_INET, SOCK_STREAM)
guest.settimeout(5)
guest.connect((argv[1], int(argv[2])))
guest.sendall(bytes(argv[3] if argv[3:] else "hello", "utf-8") + b"\n")
print(guest.makefile("rb").read().decode("utf-8"), end="")
guest.close()
