"""Recurses until its stack is full, in C, then reads where nothing is."""

import ctypes
import sys

sys.setrecursionlimit(1 << 30)
nested = []
for _ in range(1_000_000):
    nested = [nested]
try:
    repr(nested)
except BaseException:
    pass
ctypes.string_at(0)
