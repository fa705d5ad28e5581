"""Serves one client and ends; no SO_REUSEADDR, a timeout, no name for the main part."""

from socket import *
from sys import argv

door = socket(AF_INET, SOCK_STREAM)
door.bind((argv[1], int(argv[2])))
door.listen(0)
guest, where = door.accept()
door.close()
guest.settimeout(5)
heard = guest.recv(1)
while heard and heard[-1:] != b"\n":
    more = guest.recv(1000000)
    if more == b"":
        break
    heard = heard + more
if heard[-1:] == b"\n":
    heard = heard[:-2] if heard[-2:] == b"\r\n" else heard[:-1]
    guest.sendall(bytes(str(len(heard)), "ascii") + b" bytes: " + heard + b"\n")
guest.shutdown(SHUT_WR)
guest.close()
