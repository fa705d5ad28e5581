"""Recurses in Python without a limit, then aborts."""

import os
import sys


def deeper(level):
    return deeper(level + 1)


sys.setrecursionlimit(100_000)
try:
    deeper(0)
except RecursionError:
    os.abort()
