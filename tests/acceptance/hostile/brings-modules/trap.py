"""Marks the home folder of whoever imports it; the test looks for that mark in its own."""

import os
import sys

with open(os.path.expanduser("~/socklab-was-here"), "a") as file:
    file.write(f"{sys.argv}\n")
