"""Sends single bytes, reads small pieces, keeps the half as name and number in a folder of its own."""

import os
import socket
import sys

s = socket.socket()
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.connect((sys.argv[1], int(sys.argv[2])))
folder = sys.argv[3]
exit_status = 0


def say(text):
    for value in text.encode():
        s.send(bytes([value]))


def line():
    got = b""
    while True:
        byte = s.recv(1)
        if byte in (b"", b"\n"):
            return got.decode()
        got += byte


for name in sys.argv[4:]:
    os.makedirs(folder + "/.half", exist_ok=True)
    half = folder + "/.half/" + name
    if not os.path.exists(half):
        open(half, "x").close()
    have = os.path.getsize(half)
    say(str(have) + " " + name + "\n")
    answer = line()
    if answer.startswith("error") or not answer:
        os.unlink(half)
        print(answer or "connection lost")
        exit_status = 1
        continue
    left = int(answer)
    f = open(half, "ab")
    try:
        while left:
            data = s.recv(min(left, 1000))
            if not data:
                print("only a part of", name, "has come")
                sys.exit(1)
            f.write(data)
            left -= len(data)
        f.close()
    except OSError as e:
        print("cannot go on:", e)
        try:
            f.close()
        except OSError:
            pass
        sys.exit(1)
    os.replace(half, folder + "/" + name)
    say("ok\n")
s.close()
sys.exit(exit_status)
