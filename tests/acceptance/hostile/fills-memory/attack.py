"""Takes memory until something ends it, in several processes."""

import os

for _ in range(2):
    os.fork()
taken = []
while True:
    taken.append(bytearray(os.urandom(1 << 20)))
