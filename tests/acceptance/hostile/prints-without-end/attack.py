"""Prints on both outputs without end, beside whatever else it does."""

import os
import sys

for stream in (sys.stdout, sys.stderr):
    if not os.fork():
        while True:
            os.write(stream.fileno(), b"socklab " * 8192)
