"""Opens files until it may not, in as many processes as it may have."""

import os
import sys
import time


def open_all():
    opened = 0
    try:
        while True:
            os.pipe()
            opened += 2
    except OSError:
        return opened


if not os.fork():
    try:
        for _ in range(5):
            os.fork()
    except OSError:
        pass
    print(f"{open_all()} descriptors", file=sys.stderr)
    time.sleep(1000)
